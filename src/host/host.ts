import { type Bindings, type Config, ConfigurationError } from "../config.ts";
import { database } from "../db/engine/database.ts";
import type { Driver } from "../db/engine/driver.ts";
import { libsqlDriver } from "../db/engine/libsql.ts";
import { type Deployment, deployment } from "../deployment.ts";
import { errorFields, inRegion, logEvent } from "../http/log.ts";
import service, { type Context } from "../index.ts";
import { findWrongSecret } from "../transfers/auth_key.ts";
import type { Assets } from "./assets.ts";
import type { ConnectionOptions } from "./connection.ts";
import { databasesOf } from "./databases.ts";
import { OperatorError } from "./errors.ts";
import { FileDatabase } from "./file_database.ts";
import { applyMigrations } from "./migrations.ts";
import { runEveryMinute } from "./minute.ts";
import { listen } from "./server.ts";

/** The time in which a host that is stopped answers what is in flight, milliseconds. */
const GRACE_MS = 8000;

/** What a host needs. */
interface HostOptions extends ConnectionOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** The variables of the Worker. Where `LIBSQL_URL` is not set, or names a file, this process opens the database. */
  readonly variables: Readonly<Record<string, string>>;
  /** The data folder. */
  readonly folder: string;
  /** The folder of the migrations. */
  readonly migrations: string;
  /** The files of the page, the OpenAPI document, and the files of Swagger UI. */
  readonly assets: Assets;
}

/** A service that runs in this process. */
interface Host {
  readonly port: number;
  /** What was done to the databases, in the order of the regions. */
  readonly report: readonly string[];
  /** Answers what is in flight, and closes the databases. */
  readonly stop: () => Promise<void>;
}

/**
 * Opens the databases, applies the pending migrations, and serves. Of several regions one that is away is prepared as
 * soon as it is back.
 *
 * @throws OperatorError if no region can be prepared, or the port is in use
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { folder, syncsWrites } = options;
  const { variables, bindings: databases } = databasesOf(options.variables, folder, { syncsWrites });
  const bindings = { ...variables, ...databases, ASSETS: options.assets };
  const { regions } = readDeployment(bindings);
  const unprepared = new Set(regions);
  const report: string[] = [];
  const prepareAll = async (): Promise<unknown[]> => {
    const failures: unknown[] = [];
    for (const config of unprepared) {
      try {
        report.push(await prepare(config, options.migrations));
        unprepared.delete(config);
      } catch (error) {
        failures.push(error);
        if (config.region !== undefined) logFailure(config, error);
      }
    }
    return failures;
  };
  const closeAll = () => Promise.all(Object.values(databases).map((file) => file.close()));
  const inFlight = new Set<Promise<unknown>>();
  const context = executionContext(inFlight);
  try {
    const failures = await prepareAll();
    if (failures.length === regions.length) throw failures.length === 1 ? failures[0] : asOne(failures);
    const server = await listen(async (request) => service.fetch(request, bindings, context), {
      ...options,
      lightweight: true,
    });
    const minute = runEveryMinute(async () => {
      await prepareAll();
      await service.scheduled(undefined, bindings);
    });
    return {
      port: server.port,
      report,
      stop: async () => {
        await Promise.all([server.stop(GRACE_MS), minute.stop()]);
        await Promise.allSettled(inFlight);
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @throws OperatorError that names every missing or invalid variable */
function readDeployment(bindings: Bindings): Deployment {
  try {
    return deployment(bindings);
  } catch (error) {
    throw error instanceof ConfigurationError ? new OperatorError(error.message) : error;
  }
}

/**
 * Opens the database of a region, applies the pending migrations, and compares the secret with the database's.
 *
 * @returns what was done
 * @throws OperatorError if the database cannot be opened or migrated, or has another secret
 */
async function prepare(config: Config, migrations: string): Promise<string> {
  const { driver, name } = open(config);
  const applied = await applyMigrations(driver, migrations).catch((error: unknown) => {
    throw new OperatorError(`the database ${name} cannot be migrated: ${String(error)}`);
  });
  const wrongSecret = await findWrongSecret(database(config), config);
  if (wrongSecret !== undefined) throw new OperatorError(wrongSecret);
  const migrated = applied.length === 0 ? "is up to date" : `applied ${applied.join(", ")}`;
  return `database${config.region === undefined ? "" : ` of ${config.region}`} ${name}: ${migrated}`;
}

/** Opens the database of a region, and returns it with its name in messages. */
function open({ database }: Config): { readonly driver: Driver; readonly name: string } {
  if (database.kind === "libsql") return { driver: libsqlDriver(database), name: database.url };
  if (database.kind === "d1" || !(database.driver instanceof FileDatabase))
    throw new Error("a host has files and libSQL servers");
  database.driver.open();
  return { driver: database.driver, name: database.driver.file };
}

const asOne = (failures: readonly unknown[]): OperatorError =>
  new OperatorError(
    failures.map((failure) => (failure instanceof Error ? failure.message : failure)).join("\n"),
  );

const logFailure = (config: Config, error: unknown): void =>
  logEvent("region_unavailable", {
    ...inRegion(config),
    ...(error instanceof OperatorError || !(error instanceof Error)
      ? { error: String(error) }
      : errorFields(error)),
  });

/** Returns the context of all requests, which records what is in flight. */
function executionContext(inFlight: Set<Promise<unknown>>): Context {
  return {
    waitUntil(promise: Promise<unknown>) {
      inFlight.add(promise);
      const done = () => inFlight.delete(promise);
      promise.then(done, done);
    },
    passThroughOnException() {},
    props: {},
  };
}
