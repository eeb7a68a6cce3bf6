import path from "node:path";
import { chosenDatabase, migrateDatabase } from "../database/migrations.ts";
import { supervise } from "../processes/supervise.ts";
import { prepareDemo } from "../servers/demo.ts";
import { announceReady, assertFree, serverUrl, untilReady } from "../servers/ready.ts";
import { sweepEveryMinute } from "../servers/sweep.ts";
import { readWranglerConfig, wrangler } from "../servers/wrangler.ts";
import { keptAuthKeySecret } from "../settings/auth_key_secret.ts";
import { devVars, writeEnvFile } from "../settings/dev_vars.ts";
import { assertAccepted, dataFolder, port, projectFolder, workerVariables } from "../settings/settings.ts";

// npm start: the Worker on this machine to try it, on `wrangler dev`, which follows changes of the source.
// The database is D1's embedded one, or the libSQL one that LIBSQL_URL names.

const HOST = "127.0.0.1";

await supervise("service", async (processes) => {
  const url = serverUrl(HOST, port());
  const folder = dataFolder();
  await assertFree(HOST, port());
  const variables: Record<string, string> = { ...devVars(), ...workerVariables() };
  if (variables.AUTH_STRATEGY !== "noauth") {
    variables.AUTH_KEY_SECRET ??= keptAuthKeySecret(folder ?? path.join(projectFolder, ".data"));
  }
  const [config] = await Promise.all([
    readWranglerConfig(processes),
    migrateDatabase(chosenDatabase(variables, { kind: "local D1", folder }), processes),
  ]);
  assertAccepted({ ...config.vars, ...variables });
  processes.start(
    wrangler(
      "dev",
      ...["--ip", HOST, "--port", String(port()), "--inspector-port", "0"],
      ...["--log-level", "log", "--show-interactive-dev-session", "false"],
      ...["--env-file", writeEnvFile(variables)],
      ...(folder === undefined ? [] : ["--persist-to", folder]),
    ),
  );
  await untilReady(`${url}/healthcheck`);
  const strategy = variables.AUTH_STRATEGY ?? config.vars.AUTH_STRATEGY;
  const demo = strategy === "noauth" ? await prepareDemo(url) : undefined;
  sweepEveryMinute(() => fetch(`${url}/cdn-cgi/local/scheduled`));
  announceReady(url, strategy);
  if (demo !== undefined) console.log(demo);
});
