import path from "node:path";
import { configuration } from "../../config.ts";
import { database } from "../../db/database.ts";
import { findWrongSecret } from "../../transfers/secret.ts";
import { sweep } from "../../transfers/sweep.ts";
import { runService } from "../command.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { CliError } from "../errors.ts";
import { runEveryMinute } from "../servers/cron.ts";
import { monitorDatabase, PROBE_TIMEOUT_MS } from "../servers/database_monitor.ts";
import { assertPortAvailable, printReady, serverUrl, waitUntilReady } from "../servers/ready.ts";
import { startSqld } from "../servers/sqld.ts";
import { startWalSync } from "../servers/wal_sync.ts";
import { buildWorker, readWorkerConfig, workerdCommand } from "../servers/workerd.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import {
  assertValidVariables,
  dataFolder,
  host,
  port,
  projectFolder,
  syncsWrites,
  workerVariables,
} from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run serve",
  description:
    "Serves the production bundle on workerd, with the libSQL server that LIBSQL_URL names, or else with one of its\n" +
    "own. Applies pending migrations first.",
  variables: [
    {
      name: "AUTH_STRATEGY",
      description: "keystone, jwt or noauth. docs/configuration.md lists all variables.",
    },
    { name: "HOST", description: "The address to listen on, 127.0.0.1 by default." },
    { name: "PORT", description: "The port to listen on, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database and the secret, .data by default." },
    {
      name: "SYNC_WRITES",
      description: "off responds before a write is on disk. By default on, for its own server.",
    },
    { name: "LIBSQL_URL", description: "Use this libSQL server. LIBSQL_AUTH_TOKEN is its token." },
  ],
};

await runService(SYNTAX, async (processes) => {
  const address = { host: host(), port: port() };
  const syncs = syncsWrites();
  const folder = dataFolder() ?? path.join(projectFolder, ".data");
  await assertPortAvailable(address.host, address.port);
  const config = await readWorkerConfig(processes);
  const variables: Record<string, string> = { ...config.vars, ...workerVariables() };
  variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  assertValidVariables(variables);
  const sqld =
    variables.LIBSQL_URL === undefined ? await startSqld(path.join(folder, "sqld"), processes) : undefined;
  if (sqld !== undefined) variables.LIBSQL_URL = sqld.url;
  const { LIBSQL_URL: libsqlUrl = "", LIBSQL_AUTH_TOKEN: authToken } = variables;
  await migrateDatabase({ kind: "libsql", url: libsqlUrl, authToken }, processes);
  const settings = configuration(variables);
  const db = database(settings);
  const wrongSecret = await findWrongSecret(db, settings);
  if (wrongSecret !== undefined) throw new CliError(wrongSecret);
  const walSync = sqld && syncs ? await startWalSync(sqld.folder) : undefined;
  processes.start(workerdCommand(await buildWorker(processes), { ...address, variables, config, walSync }));
  const url = serverUrl(address.host, address.port);
  await waitUntilReady(`${url}/healthcheck`);
  runEveryMinute(() => sweep(db, settings));
  printReady(url, variables.AUTH_STRATEGY);
  // Another server has an operator of its own.
  if (sqld !== undefined) {
    const probed = { ...settings, databaseTimeoutMs: PROBE_TIMEOUT_MS };
    await monitorDatabase(database(probed), sqld.restart);
  }
});
