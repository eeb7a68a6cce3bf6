import { runCommand } from "../command.ts";
import { readWranglerConfig } from "../servers/wrangler.ts";
import { assertConfigured, assertDeployable } from "../settings/deployment.ts";
import { workerVariables } from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run check:config",
  description:
    "Checks the configuration for `npm run deploy`: [vars] in wrangler.toml, and the variables in the environment.\n" +
    "Exits with code 1 and names the variables that are missing or invalid.",
};

await runCommand(SYNTAX, async (processes) => {
  const config = await readWranglerConfig(processes);
  const environment = workerVariables(config.vars);
  assertConfigured(config, environment);
  assertDeployable(config, environment);
  console.log("volume-transfers: the configuration is complete");
});
