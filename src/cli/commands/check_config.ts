import type { Processes } from "../processes/processes.ts";
import { readWranglerConfig } from "../servers/wrangler.ts";
import { assertConfigured, assertDeployable } from "../settings/deployment.ts";
import { workerVariables } from "../settings/settings.ts";

/** Checks the configuration for a deployment. */
export async function checkConfig(processes: Processes): Promise<void> {
  const config = await readWranglerConfig(processes);
  const environment = workerVariables(config.vars);
  assertConfigured(config, environment);
  assertDeployable(config, environment);
  console.log("volume-transfers: the configuration is complete");
}
