import * as z from "zod";
import { ConfigurationError } from "../../config/config.ts";
import { deployment } from "../../config/deployment.ts";
import { regionalName } from "../../config/region_variables.ts";
import { d1Binding } from "../database/database.ts";
import { ChildProcessError, CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { type WranglerConfig, wrangler } from "../servers/wrangler.ts";
import { generateAuthKeySecret } from "./auth_key_secret.ts";
import { type Region, regionsOf } from "./regions.ts";
import { placeholderDatabases } from "./settings.ts";

type Variables = Readonly<Record<string, string>>;

/**
 * Asserts that a configuration is safe on the internet, and has a database for each region.
 *
 * @param environment the Worker's variables in the environment of `npm run deploy`
 * @throws CliError with the change to make
 */
export function assertDeployable(config: WranglerConfig, environment: Variables): void {
  const variables = { ...config.vars, ...environment };
  if (variables.AUTH_STRATEGY === "noauth") {
    throw new CliError(
      "AUTH_STRATEGY=noauth does not authenticate callers. It is for development and cannot be deployed.",
    );
  }
  for (const region of regionsOf(variables)) {
    if (region.variables.LIBSQL_URL === undefined) assertDeployed(config, region);
  }
}

/**
 * Asserts that wrangler.toml names the deployed D1 database of a region.
 *
 * @throws CliError with the change to make
 */
export function assertDeployed(config: WranglerConfig, region: Pick<Region, "name">): void {
  const binding = d1Binding(region);
  if (config.deployedD1Bindings.includes(binding)) return;
  throw new CliError(
    region.name === undefined
      ? "there is no database yet: run `npx wrangler d1 create volume-transfers` and write the database_id that it " +
          "prints into wrangler.toml, or set LIBSQL_URL to a libSQL database."
      : `there is no database of the region ${region.name} yet: run \`npx wrangler d1 create ` +
          `volume-transfers-${region.name.toLowerCase()}\`, with --jurisdiction or --location, and write the ` +
          `database_id that it prints into wrangler.toml as the binding ${binding}, or set ` +
          `${regionalName("LIBSQL_URL", region.name)} to a libSQL database.`,
  );
}

/**
 * Asserts that the Worker accepts its configuration. Otherwise it would answer every request with 503.
 *
 * @param environment the Worker's variables in the environment of `npm run deploy`
 * @param existingSecrets the names of the deployed Worker's secrets, whose values cannot be read
 * @throws CliError that names each variable that is missing or invalid
 */
export function assertConfigured(
  config: WranglerConfig,
  environment: Variables,
  existingSecrets: readonly string[] = [],
): void {
  const variables = { ...config.vars, ...environment };
  const onD1 = regionsOf(variables).filter((region) => config.deployedD1Bindings.includes(d1Binding(region)));
  const placeholders = {
    AUTH_KEY_SECRET: generateAuthKeySecret(),
    ...(onD1.length > 0 && placeholderDatabases(onD1.flatMap(({ name }) => name ?? []))),
  };
  try {
    deployment({ ...placeholders, ...variables });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error.problems.filter(
      (problem) => !existingSecrets.some((name) => problem.startsWith(`${name} `)),
    );
    if (problems.length > 0) throw new CliError(`the configuration is invalid:\n  ${problems.join("\n  ")}`);
  }
}

/**
 * Returns the `[vars]` to deploy, with the values of the environment. Those that are secrets of the deployed Worker are
 * left out: Cloudflare rejects a name that is both.
 */
export const varsToDeploy = (
  { vars }: Pick<WranglerConfig, "vars">,
  environment: Variables,
  existingSecrets: readonly string[],
): Variables =>
  Object.fromEntries(
    Object.entries(vars).flatMap(([name, value]) =>
      existingSecrets.includes(name) ? [] : [[name, environment[name] ?? value]],
    ),
  );

/**
 * Returns the secrets to upload with the Worker: the variables of the environment that are not deployed as `[vars]`, and
 * a new AUTH_KEY_SECRET if the Worker has none. An existing one is kept: with another, no existing transfer could be accepted.
 *
 * @param environment the Worker's variables in the environment of `npm run deploy`
 * @param existingSecrets the names of the deployed Worker's secrets
 */
export function secretsToUpload(
  config: Pick<WranglerConfig, "vars">,
  environment: Variables,
  existingSecrets: readonly string[],
): Record<string, string> {
  const name = "AUTH_KEY_SECRET";
  const vars = varsToDeploy(config, environment, existingSecrets);
  const secrets = Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in vars)));
  if (name in environment || name in config.vars || existingSecrets.includes(name)) return secrets;
  return { ...secrets, [name]: generateAuthKeySecret() };
}

/**
 * Returns the names of the deployed Worker's secrets; none if it is not deployed yet.
 *
 * @throws ChildProcessError if Cloudflare does not list them
 */
export async function deployedSecrets(processes: Processes): Promise<string[]> {
  try {
    const json = await processes.run(wrangler("secret", "list", "--format", "json"));
    return z
      .array(z.object({ name: z.string() }))
      .parse(JSON.parse(json))
      .map((secret) => secret.name);
  } catch (error) {
    if (error instanceof ChildProcessError && /Worker ".*" not found/.test(error.message)) return [];
    throw error;
  }
}
