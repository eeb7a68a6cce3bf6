import path from "node:path";
import { runService } from "../command.ts";
import { libsqlOr } from "../database/database.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { runEveryMinute } from "../servers/cron.ts";
import { prepareDemo } from "../servers/demo.ts";
import { assertPortAvailable, printReady, serverUrl, waitUntilReady } from "../servers/ready.ts";
import { readWranglerConfig, wrangler } from "../servers/wrangler.ts";
import { workerLogFilter } from "../servers/wrangler_output.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { readDevVars, writeEnvFile } from "../settings/env_files.ts";
import {
  assertValidVariables,
  dataFolder,
  port,
  projectFolder,
  workerVariables,
} from "../settings/settings.ts";

const HOST = "127.0.0.1";

const SYNTAX = {
  script: "npm start",
  description:
    "Serves the Worker for development on `wrangler dev`, which reloads it when the source changes, with D1 or the\n" +
    "libSQL server that LIBSQL_URL names. With AUTH_STRATEGY=noauth, the default, it creates volumes for a demo.",
  variables: [
    { name: "PORT", description: "The port to listen on, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database, .wrangler/state by default." },
    { name: "LOG_REQUESTS", description: "all, errors (a status of 500 or more, the default) or none." },
  ],
};

await runService(SYNTAX, async (processes) => {
  const url = serverUrl(HOST, port());
  const folder = dataFolder();
  await assertPortAvailable(HOST, port());
  const variables: Record<string, string> = {
    LOG_REQUESTS: "errors",
    ...readDevVars(),
    ...workerVariables(),
  };
  if (variables.AUTH_STRATEGY !== "noauth") {
    variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder ?? path.join(projectFolder, ".data"));
  }
  const [config] = await Promise.all([
    readWranglerConfig(processes),
    migrateDatabase(libsqlOr({ kind: "local D1", folder }, variables), processes),
  ]);
  assertValidVariables({ ...config.vars, ...variables });
  const command = wrangler(
    "dev",
    ...["--ip", HOST, "--port", String(port()), "--inspector-port", "0"],
    ...["--log-level", "log", "--show-interactive-dev-session", "false"],
    ...["--env-file", writeEnvFile(variables)],
    ...(folder === undefined ? [] : ["--persist-to", folder]),
  );
  processes.start(command, workerLogFilter());
  await waitUntilReady(`${url}/healthcheck`);
  const strategy = variables.AUTH_STRATEGY ?? config.vars.AUTH_STRATEGY;
  const demo = strategy === "noauth" ? await prepareDemo(url) : undefined;
  runEveryMinute(() => fetch(`${url}/cdn-cgi/local/scheduled`));
  printReady(url, strategy);
  if (demo !== undefined) console.log(demo);
});
