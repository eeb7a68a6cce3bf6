import path from "node:path";
import { configuration } from "../../config.ts";
import { database } from "../../db/database.ts";
import { endExpiredOffers } from "../../transfers/expire.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { supervise } from "../processes/supervise.ts";
import { announceReady, assertFree, serverUrl, untilReady } from "../servers/ready.ts";
import { SQLD_MAX_WRITES, startSqld } from "../servers/sqld.ts";
import { sweepEveryMinute } from "../servers/sweep.ts";
import { buildWorker, workerdCommand } from "../servers/workerd.ts";
import { readWranglerConfig } from "../servers/wrangler.ts";
import { keptAuthKeySecret } from "../settings/auth_key_secret.ts";
import {
  assertAccepted,
  dataFolder,
  host,
  port,
  projectFolder,
  workerVariables,
} from "../settings/settings.ts";

// npm run serve: the Worker on this machine for good, on workerd, with libSQL: the server that LIBSQL_URL
// names, or one of its own whose data is in `.data`, or where DATA_DIR says.

await supervise("service", async (processes) => {
  const address = { host: host(), port: port() };
  const data = dataFolder() ?? path.join(projectFolder, ".data");
  await assertFree(address.host, address.port);
  const config = await readWranglerConfig(processes);
  const variables: Record<string, string> = { ...config.vars, ...workerVariables() };
  variables.AUTH_KEY_SECRET ??= keptAuthKeySecret(data);
  assertAccepted(variables);
  if (variables.LIBSQL_URL === undefined) {
    variables.LIBSQL_URL = await startSqld(path.join(data, "sqld"), processes);
    variables.LIBSQL_MAX_WRITES ??= SQLD_MAX_WRITES;
  }
  await migrateDatabase(
    { kind: "libsql", url: variables.LIBSQL_URL, authToken: variables.LIBSQL_AUTH_TOKEN },
    processes,
  );
  processes.start(workerdCommand(await buildWorker(processes), { ...address, variables, config }));
  const url = serverUrl(address.host, address.port);
  await untilReady(`${url}/healthcheck`);
  const db = database(configuration(variables));
  sweepEveryMinute(() => endExpiredOffers(db));
  announceReady(url, variables.AUTH_STRATEGY);
});
