import { type Bindings, type Config, ConfigurationError, configurationOf } from "../../src/config/config.ts";

/**
 * Returns the configuration of a service without `REGIONS`.
 *
 * @throws ConfigurationError naming every missing or invalid variable
 */
export function configuration(bindings: Bindings): Config {
  const config = configurationOf(bindings, undefined);
  if (config instanceof ConfigurationError) throw config;
  return config;
}
