import { supervise } from "../processes/supervise.ts";
import { readWranglerConfig } from "../servers/wrangler.ts";
import { assertConfigured, assertDeployable } from "../settings/deployment.ts";
import { workerVariables } from "../settings/settings.ts";

// npm run check:config: says whether the Worker would take the configuration that `[vars]` in wrangler.toml and the
// environment make, before it is deployed.

await supervise("command", async (processes) => {
  const config = await readWranglerConfig(processes);
  const given = workerVariables();
  assertConfigured(config, given);
  assertDeployable(config, given);
  console.log("volume-transfers: the configuration is complete");
});
