import { inject } from "vitest";
import { generateAuthKeySecret } from "../../src/cli/settings/auth_key_secret.ts";
import { regionalName, splitRegions } from "../../src/region_variables.ts";
import { type D1Service, startD1Service } from "./d1_service.ts";
import { type LibsqlServer, startLibsql } from "./libsql.ts";
import type { RestartableServer } from "./restartable_server.ts";
import { type Bundle, startWorker } from "./worker.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The Worker, which `bundle_setup.ts` builds once for all tests. */
    builtWorker: Bundle;
  }
}

/** A running service. */
export interface Service {
  readonly url: string;
  /** What the Worker has logged. */
  readonly lines: readonly string[];
  /** Ends the service, and removes its database. */
  stop(): Promise<void>;
}

/** A service on libSQL, and its databases. */
export interface LibsqlService extends Service {
  readonly worker: RestartableServer;
  /** The database without a region. */
  readonly databaseUrl: string;
  /** The databases by region; one without a name without `REGIONS`. */
  readonly databases: ReadonlyMap<string, LibsqlServer>;
}

/** Starts a Worker, and for each region of `REGIONS` a libSQL server. */
export async function startLibsqlService(
  bundle: Bundle,
  variables: Readonly<Record<string, string>>,
): Promise<LibsqlService> {
  const regions = splitRegions(variables.REGIONS);
  const databases = new Map<string, LibsqlServer>();
  let worker: RestartableServer | undefined;
  const stop = async (): Promise<void> => {
    await worker?.kill();
    for (const database of databases.values()) await database.stop();
  };
  try {
    const urls: Record<string, string> = {};
    for (const region of regions.length === 0 ? [""] : regions) {
      const database = await startLibsql();
      databases.set(region, database);
      urls[region === "" ? "LIBSQL_URL" : regionalName("LIBSQL_URL", region)] = database.url;
    }
    worker = await startWorker(bundle, { ...variables, ...urls });
    const databaseUrl = databases.get("")?.url ?? "";
    return { url: worker.url, lines: worker.process.lines, worker, databaseUrl, databases, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The service on both databases. */
export interface ServiceOnBoth {
  readonly D1: D1Service;
  readonly libSQL: LibsqlService;
  stop(): Promise<void>;
}

/** Starts the service on D1 and on libSQL, each with a new database and the given variables. */
export async function startOnBoth(
  variables: Readonly<Record<string, string>>,
  bundle: Bundle = inject("builtWorker"),
): Promise<ServiceOnBoth> {
  const all = { AUTH_KEY_SECRET: generateAuthKeySecret(), ...variables };
  const [D1, libSQL] = await Promise.all([startD1Service(bundle, all), startLibsqlService(bundle, all)]);
  return {
    D1,
    libSQL,
    stop: async () => {
      await Promise.all([D1.stop(), libSQL.stop()]);
    },
  };
}
