import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { configurationOf, WAL_SYNC_BINDING } from "../../config.ts";
import { database } from "../../db/engine/database.ts";
import { sweepEvents } from "../../events/sweep.ts";
import { errorFields, inRegion, logEvent } from "../../http/log.ts";
import { regionalName } from "../../region_variables.ts";
import { findWrongSecret } from "../../transfers/secret.ts";
import { sweep } from "../../transfers/sweep.ts";
import { libsqlDatabase } from "../database/database.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { CliError, formatFailure } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { type Region, regionFolder, regionsOf } from "../settings/regions.ts";
import { runEveryMinute } from "./cron.ts";
import { monitorDatabase, PROBE_TIMEOUT_MS } from "./database_monitor.ts";
import { type Sqld, startSqld } from "./sqld.ts";
import { startWalSync } from "./wal_sync.ts";

/** The time after which a server that could not be restarted is tried again, milliseconds. */
const RETRY_MS = 60_000;

/** The regions of `npm run serve`. */
interface ServedRegions {
  /** The variables that name the databases that this process has started. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** The addresses of the servers that put the commits of these databases on disk, by the names of their bindings. */
  readonly walSyncs: Readonly<Record<string, string>>;
  /**
   * Sweeps the regions every minute, and monitors the databases that this process has started. Without `REGIONS` it
   * throws if the database was restarted too often; of several regions one never ends the others.
   */
  readonly attend: () => Promise<void>;
}

/** A region and its database. */
interface ServedRegion {
  readonly region: Region;
  /** The server, if this process has started it: another has an operator of its own. */
  readonly sqld: Sqld | undefined;
  /** Whether its migrations are applied, and its secret is right. */
  prepared: boolean;
}

/**
 * Starts a libSQL server for each region that has none, applies the pending migrations, and compares the secret. Of
 * several regions one that is away is prepared as soon as it is back.
 *
 * @param folder the data folder
 * @param options.syncsWrites whether the Worker puts a write on disk before it responds
 * @throws CliError if no region can be prepared
 */
export async function serveRegions(
  variables: Readonly<Record<string, string>>,
  folder: string,
  processes: Processes,
  { syncsWrites }: { readonly syncsWrites: boolean },
): Promise<ServedRegions> {
  const regions = regionsOf(variables);
  const databaseUrls: Record<string, string> = {};
  const walSyncs: Record<string, string> = {};
  const served: ServedRegion[] = [];
  for (const region of regions) {
    if (region.variables.LIBSQL_URL !== undefined) {
      served.push({ region, sqld: undefined, prepared: false });
      continue;
    }
    const sqld = await startSqld(
      path.join(regionFolder(folder, region), "sqld"),
      processes,
      region.name === undefined ? undefined : logExit(region.name),
    );
    const nameOf = (name: string) => (region.name === undefined ? name : regionalName(name, region.name));
    databaseUrls[nameOf("LIBSQL_URL")] = sqld.url;
    if (syncsWrites) walSyncs[nameOf(WAL_SYNC_BINDING)] = await startWalSync(sqld.folder);
    const own = { ...region, variables: { ...region.variables, LIBSQL_URL: sqld.url } };
    served.push({ region: own, sqld, prepared: false });
  }
  const failures: unknown[] = [];
  for (const one of served) {
    try {
      await prepare(one, processes);
    } catch (error) {
      if (one.region.name === undefined) throw error;
      logFailure(one, error);
      failures.push(error);
    }
  }
  if (failures.length === served.length) throw new CliError(failures.map(formatFailure).join("\n"));
  return {
    databaseUrls,
    walSyncs,
    attend: async () => void (await Promise.all(served.map((one) => attend(one, processes)))),
  };
}

/** The monitor restarts the server when its probes have failed. */
const logExit = (region: string) => (failure: Error) =>
  logEvent("database_exit", { region, error: failure.message });

const logFailure = ({ region }: ServedRegion, error: unknown): void =>
  logEvent("region_unavailable", {
    ...inRegion({ region: region.name }),
    ...(error instanceof CliError || !(error instanceof Error)
      ? { error: formatFailure(error) }
      : errorFields(error)),
  });

/** @throws ConfigurationError */
function configurationOfRegion({ region }: ServedRegion) {
  const config = configurationOf(region.variables, undefined);
  if (config instanceof Error) throw config;
  return { ...config, region: region.name };
}

/**
 * Applies the pending migrations, and compares the secret with the database's.
 *
 * @throws CliError if the database cannot be migrated, or has another secret
 */
async function prepare(served: ServedRegion, processes: Processes): Promise<void> {
  await migrateDatabase(libsqlDatabase(served.region), processes);
  const config = configurationOfRegion(served);
  const wrongSecret = await findWrongSecret(database(config), config);
  if (wrongSecret !== undefined) throw new CliError(wrongSecret);
  served.prepared = true;
}

async function attend(served: ServedRegion, processes: Processes): Promise<void> {
  const { region, sqld } = served;
  const config = configurationOfRegion(served);
  const db = database(config);
  runEveryMinute(async () => {
    try {
      if (!served.prepared) await prepare(served, processes);
      await sweep(db, config);
      await sweepEvents(config);
    } catch (error) {
      if (region.name === undefined) throw error;
      logFailure(served, error);
    }
  });
  if (sqld === undefined) return;
  const probed = database({ ...config, databaseTimeoutMs: PROBE_TIMEOUT_MS });
  for (;;) {
    try {
      await monitorDatabase(probed, sqld.restart, inRegion(config));
    } catch (error) {
      if (region.name === undefined) throw error;
      logFailure(served, error);
      await sleep(RETRY_MS);
    }
  }
}
