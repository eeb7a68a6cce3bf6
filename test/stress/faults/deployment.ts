import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import { expect, inject } from "vitest";
import type { Database } from "../../../src/cli/database/database.ts";
import { checkDatabase } from "../../../src/cli/fsck/check_database.ts";
import type { Report } from "../../../src/cli/fsck/report.ts";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { startLibsql } from "../../support/libsql.ts";
import { type DatabaseProxy, startProxy } from "../../support/proxy.ts";
import type { RestartableServer } from "../../support/restartable_server.ts";
import { type Bundle, NO_QUOTA, startWorker } from "../../support/worker.ts";

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
  addWorker(bundle: Bundle): Promise<RestartableServer>;
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
  /** An older version of the Worker, and the folder of its migrations. */
  readonly version?: { readonly bundle: Bundle; readonly migrations: string };
}

/** Starts sqld, the proxy and workerd. No project has a quota. */
export async function deploy(options: DeploymentOptions = {}): Promise<Deployment> {
  const { variables, databaseFolder, direct, version } = options;
  const libsql = await startLibsql({
    ...(databaseFolder !== undefined && { folder: databaseFolder }),
    ...(version !== undefined && {
      // An older Worker does not limit its exchanges of writes. Without a limit, sqld can stop accepting writes. It has
      // none after a restart: a Worker that keeps its connections would take all of them.
      args: ["--max-concurrent-connections", "2"],
      migrate: (url: string) =>
        migrate(drizzle({ connection: { url } }), { migrationsFolder: version.migrations }),
    }),
  });
  const database = { kind: "libsql", url: libsql.url, authToken: undefined } as const;
  const proxy = await startProxy(libsql.url);

  const workers: RestartableServer[] = [];
  const addWorker = async (bundle: Bundle): Promise<RestartableServer> => {
    const required = { AUTH_STRATEGY: "noauth", LIBSQL_URL: direct ? libsql.url : proxy.url };
    const worker = await startWorker(bundle, { ...required, ...NO_QUOTA, ...variables }, { quiet: true });
    workers.push(worker);
    return worker;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.kill()));
    proxy.close();
    await libsql.stop();
  };
  try {
    return {
      sqld: libsql.server,
      adminUrl: libsql.adminUrl,
      proxy,
      worker: await addWorker(version?.bundle ?? inject("builtWorker")),
      database,
      addWorker,
      // The check of a libSQL server starts no process.
      check: () => checkDatabase(database, new Processes(() => {})),
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
