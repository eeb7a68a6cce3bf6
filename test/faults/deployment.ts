import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import { expect, inject } from "vitest";
import type { Database } from "../../src/cli/database/database.ts";
import { migrateDatabase } from "../../src/cli/database/migrations.ts";
import { checkDatabase } from "../../src/cli/fsck/check_database.ts";
import type { Report } from "../../src/cli/fsck/report.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl } from "../../src/cli/servers/ready.ts";
import { SQLD_MAX_WRITES, sqldCommand } from "../../src/cli/servers/sqld.ts";
import { workerdCommand } from "../../src/cli/servers/workerd.ts";
import { type DatabaseProxy, startProxy } from "../support/proxy.ts";
import { RestartableServer } from "../support/restartable_server.ts";
import { NO_QUOTA } from "../support/worker.ts";

const HOST = "127.0.0.1";

/** The service as `npm run serve` runs it, with a proxy between the Worker and its database. */
export interface Deployment {
  readonly sqld: RestartableServer;
  /** The address of sqld's admin API. */
  readonly adminUrl: string;
  readonly proxy: DatabaseProxy;
  readonly worker: RestartableServer;
  /** sqld itself, without the proxy. */
  readonly database: Database;
  /** Starts another Worker on the same database. */
  addWorker(bundle: string): Promise<RestartableServer>;
  /** Runs the checks of `npm run fsck` on sqld. */
  check(): Promise<Report>;
  stop(): Promise<void>;
}

export interface DeploymentOptions {
  /** Variables of the Worker, beside those that it cannot do without. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The folder of the database; the caller removes it. */
  readonly databaseFolder?: string;
  /** Whether the Worker connects to sqld without the proxy, whose own capacity is limited. */
  readonly direct?: boolean;
  /** An older version of the Worker, and its migrations. */
  readonly version?: { readonly bundle: string; readonly migrations: string };
}

/** Starts sqld, the proxy and workerd. No project has a quota. */
export async function deploy(options: DeploymentOptions = {}): Promise<Deployment> {
  const { variables, databaseFolder, direct, version } = options;
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-faults-"));
  const processes = new Processes((failure) => console.error(failure.message));
  const [sqldPort, adminPort] = [await freePort(), await freePort()];
  const files = databaseFolder ?? path.join(folder, "sqld");
  mkdirSync(files, { recursive: true });
  const command = sqldCommand(files, sqldPort);
  const sqldArgs = [
    ...command.args,
    ...["--admin-listen-addr", `${HOST}:${adminPort}`],
    // An older Worker does not know LIBSQL_MAX_WRITES. Without it, sqld can stop to accept writes.
    ...(version === undefined ? [] : ["--max-concurrent-connections", "2"]),
  ];
  const sqld = new RestartableServer({ ...command, args: sqldArgs }, sqldPort, "/health");
  const database = { kind: "libsql", url: sqld.url, authToken: undefined } as const;
  const proxy = await startProxy(sqld.url);

  const workers: RestartableServer[] = [];
  const addWorker = async (bundle: string): Promise<RestartableServer> => {
    const port = await freePort();
    // workerd's configuration lies beside the bundle: each Worker has a copy.
    const copy = path.join(folder, `worker-${workers.length}`);
    cpSync(bundle, copy, { recursive: true });
    const workerVariables = {
      AUTH_STRATEGY: "noauth",
      LIBSQL_URL: direct ? sqld.url : proxy.url,
      LIBSQL_MAX_WRITES: SQLD_MAX_WRITES,
      ...NO_QUOTA,
      ...variables,
    };
    const served = { host: HOST, port, config: inject("wranglerConfig"), variables: workerVariables };
    const worker = new RestartableServer(
      { ...workerdCommand(copy, served), quiet: true },
      port,
      "/healthcheck",
    );
    workers.push(worker);
    await worker.start();
    return worker;
  };

  const stop = async (): Promise<void> => {
    await Promise.all([...workers, sqld].map((server) => server.kill()));
    proxy.close();
    await processes.stop();
    await rm(folder, { recursive: true });
  };
  try {
    await sqld.start();
    if (version === undefined) await migrateDatabase(database, processes);
    else await migrate(drizzle({ connection: { url: sqld.url } }), { migrationsFolder: version.migrations });
    return {
      sqld,
      adminUrl: serverUrl(HOST, adminPort),
      proxy,
      worker: await addWorker(version?.bundle ?? inject("bundle")),
      database,
      addWorker,
      check: () => checkDatabase(database, processes),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asserts that `npm run fsck` finds nothing. */
export async function expectConsistent({ check }: Deployment): Promise<void> {
  const { violations, notices } = await check();
  expect([violations, notices]).toEqual([[], []]);
}
