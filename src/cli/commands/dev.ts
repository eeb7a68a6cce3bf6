import path from "node:path";
import { runEveryMinute } from "../../host/minute.ts";
import { d1Binding, libsqlOr, localD1Folder } from "../database/database.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { titleOf } from "../database/select_database.ts";
import type { Processes } from "../processes/processes.ts";
import { prepareDemo } from "../servers/demo.ts";
import { assertPortAvailable, printReady, printStep, serverUrl, waitUntilReady } from "../servers/ready.ts";
import { readWranglerConfig, wrangler, writeLocalConfig } from "../servers/wrangler.ts";
import { workerLogFilter } from "../servers/wrangler_output.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { readDevVars, writeEnvFile } from "../settings/env_files.ts";
import { regionsOf } from "../settings/regions.ts";
import {
  assertValidVariables,
  dataFolder,
  port,
  projectFolder,
  temporaryFolder,
  workerVariables,
} from "../settings/settings.ts";

const HOST = "127.0.0.1";

/** Serves the Worker on `wrangler dev`. */
export async function dev(processes: Processes): Promise<undefined> {
  const url = serverUrl(HOST, port());
  const folder = dataFolder();
  await assertPortAvailable(HOST, port());
  const config = await readWranglerConfig(processes);
  const variables: Record<string, string> = {
    LOG_REQUESTS: "errors",
    ...readDevVars(),
    ...workerVariables(config.vars),
  };
  if (variables.AUTH_STRATEGY !== "noauth") {
    variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder ?? path.join(projectFolder, ".data"));
  }
  const all = { ...config.vars, ...variables };
  assertValidVariables(all);
  const regions = regionsOf(all);
  const bindings = regions.map(d1Binding);
  const configFile = bindings.every((binding) => config.d1Bindings.includes(binding))
    ? undefined
    : writeLocalConfig(config, temporaryFolder(), bindings);
  for (const region of regions) {
    const d1 = {
      kind: "local D1",
      folder: localD1Folder(),
      config: configFile,
      binding: d1Binding(region),
    } as const;
    const database = libsqlOr(d1, region);
    printStep(`applying pending migrations to ${titleOf(database, region)}`);
    await migrateDatabase(database, processes);
  }
  printStep("starting wrangler dev");
  const command = wrangler(
    "dev",
    ...["--ip", HOST, "--port", String(port()), "--inspector-port", "0"],
    ...["--log-level", "log", "--show-interactive-dev-session", "false"],
    ...["--env-file", writeEnvFile(variables)],
    ...["--persist-to", localD1Folder()],
    ...(configFile === undefined ? [] : ["--config", configFile]),
  );
  processes.start(command, workerLogFilter());
  await waitUntilReady(`${url}/healthcheck`);
  const demos: string[] = [];
  if (all.AUTH_STRATEGY === "noauth") {
    for (const { name } of regions)
      demos.push(await prepareDemo(name === undefined ? url : `${url}/${name}`));
  }
  runEveryMinute(() => fetch(`${url}/cdn-cgi/local/scheduled`));
  printReady(url, all.AUTH_STRATEGY);
  for (const demo of demos) console.log(demo);
  return undefined;
}
