import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { type Bindings, CINDER_FETCH_BINDING, ConfigurationError } from "../config/config.ts";
import { type Deployment, deployment } from "../config/deployment.ts";
import { eventStreams } from "../http/event_streams.ts";
import service, { type Context } from "../index.ts";
import type { Assets } from "./assets.ts";
import { cinderFetch } from "./cinder_client.ts";
import { databasesOf } from "./databases.ts";
import { OperatorError } from "./errors.ts";
import { FileDatabase, type FileOptions } from "./file_database.ts";
import { logTo } from "./log.ts";
import { MemoryDatabase } from "./memory_database.ts";
import { runEveryMinute } from "./minute.ts";
import { Regions, type Report } from "./regions.ts";
import { listen } from "./server.ts";

/** The time in which a host that is stopped answers what is in flight, milliseconds. */
const GRACE_MS = 8000;

/**
 * How much the heap grows before it is collected, in percent of what is in use. V8 lets a small heap grow to four times
 * its size. The process then needs 90 MB more under load; a show costs the same, a list of 50 about a tenth less.
 */
const HEAP_GROWTH = "--heap-growing-percent=40";

/** The options of a host. */
export interface HostOptions extends FileOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** The file descriptor of a listening socket that the parent of this process holds, in place of `host` and `port`. */
  readonly fd?: number | undefined;
  /** The variables of the Worker. Where `LIBSQL_URL` is not set, or names a file, this process opens the database. */
  readonly variables: Readonly<Record<string, string>>;
  /** The data folder; undefined for a database in memory. */
  readonly folder: string | undefined;
  /** The folder of the migrations. */
  readonly migrations: string;
  /** The files of the page, the OpenAPI document, and the files of Swagger UI. */
  readonly assets: Assets;
  /** Receives what is done to the databases, before it is done. By default it is dropped. */
  readonly report?: Report | undefined;
  /** Receives the log, by lines. By default it goes where `http/log.ts` writes it. */
  readonly log?: ((line: string) => void) | undefined;
  /** Whether a POST to `resetPath` restores the databases in memory. By default not. */
  readonly resets?: boolean;
  /** Leaves the global `Request` and `Response` of this process, and its heap, as they are. The service is then slower. */
  readonly keepsGlobals?: boolean;
}

/** A service that runs in this process. */
export interface Host {
  readonly host: string;
  readonly port: number;
  /** Restores the databases in memory to what they were at the start. No request may be in flight. */
  readonly reset: () => void;
  /** The path with a secret that calls `reset`; undefined without `resets`. */
  readonly resetPath: string | undefined;
  /** Runs the job of each minute now. */
  readonly sweep: () => Promise<void>;
  /** Answers what is in flight, in eight seconds at most, and closes the databases. */
  readonly stop: () => Promise<void>;
}

/**
 * Opens the databases, applies the pending migrations, and serves.
 *
 * @throws OperatorError if no region can be prepared, or the port is in use
 * @example
 * const { port, stop } = await startHost({
 *   host: "127.0.0.1",
 *   port: 0,
 *   variables: { AUTH_STRATEGY: "noauth" },
 *   folder: undefined,
 *   syncsWrites: false,
 *   migrations,
 *   assets,
 * });
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { folder, migrations, assets, log, report = () => {} } = options;
  if (!options.keepsGlobals) setFlagsFromString(HEAP_GROWTH);
  const { variables, bindings: databases } = databasesOf(options.variables, folder, options);
  let bindings = { ...variables, ...databases, [CINDER_FETCH_BINDING]: cinderFetch, ASSETS: assets };
  const configs = readDeployment(bindings).regions;
  const regions = new Regions(configs, migrations, report);
  const isInFront = configs.some(({ cinder }) => cinder !== undefined);
  const inFlight = new Set<Promise<unknown>>();
  const context = contextOf(inFlight);
  const run = log === undefined ? <Result>(work: () => Result) => work() : logTo(log);
  const sweep = () =>
    run(async () => {
      await regions.prepare();
      await service.scheduled(undefined, bindings);
    });
  const endStreams = () => {
    for (const config of readDeployment(bindings).regions) eventStreams(config).close();
  };
  const resetPath = options.resets ? `/_local/reset?token=${randomBytes(16).toString("hex")}` : undefined;
  const reset = () => {
    for (const database of Object.values(databases)) {
      if (database instanceof MemoryDatabase) database.reset();
    }
    endStreams();
    // Caches of the databases have the bindings as their key: new bindings have empty caches.
    bindings = { ...bindings };
  };
  const closeAll = () => Promise.all(Object.values(databases).map((database) => database.close()));
  try {
    await run(() => regions.prepare());
    const server = await listen(
      (request) => {
        if (resetPath === undefined || request.method !== "POST" || !request.url.endsWith(resetPath))
          return run(() => service.fetch(request, bindings, context));
        reset();
        return Promise.resolve(new Response(null, { status: 204 }));
      },
      { ...options, isInFront },
    );
    for (const database of Object.values(databases)) {
      if (database instanceof FileDatabase) database.removeOld();
    }
    const minute = runEveryMinute(sweep);
    return {
      host: server.host,
      port: server.port,
      sweep,
      reset,
      resetPath,
      async stop() {
        const grace = sleep(GRACE_MS, undefined, { ref: false });
        endStreams();
        await server.stop(grace);
        await Promise.race([Promise.all([minute.stop(), Promise.allSettled(inFlight)]), grace]);
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

/** Returns the context of all requests, which records what is in flight. */
const contextOf = (inFlight: Set<Promise<unknown>>): Context => ({
  waitUntil(promise: Promise<unknown>) {
    inFlight.add(promise);
    const done = () => inFlight.delete(promise);
    promise.then(done, done);
  },
  passThroughOnException() {},
  props: {},
});
