import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { type DatabaseProxy, type ProxyOptions, startProxy } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { type Bundle, startWorker, type WorkerOptions } from "../support/worker.ts";

/** Starts the servers of one part of the benchmark, and stops all of them. */
export class Servers {
  readonly #cleanups: (() => Promise<void> | void)[] = [];

  /** Starts a libSQL server with the empty tables of the service. */
  async startDatabase(): Promise<LibsqlServer> {
    const database = await startLibsql();
    this.#cleanups.push(database.stop);
    return database;
  }

  /** Starts a proxy in front of a libSQL server. */
  async startProxy(target: string, options: ProxyOptions): Promise<DatabaseProxy> {
    const proxy = await startProxy(target, options);
    this.#cleanups.push(proxy.close);
    return proxy;
  }

  /**
   * Starts a Worker on workerd.
   *
   * @param options see `startWorker`
   */
  async startWorker(
    bundle: Bundle,
    variables: Readonly<Record<string, string>>,
    options: Omit<WorkerOptions, "quiet"> = {},
  ): Promise<RestartableServer> {
    const worker = await startWorker(bundle, variables, { ...options, quiet: true });
    this.#cleanups.push(() => worker.kill());
    return worker;
  }

  /** Adds what ends a server that was started elsewhere. */
  onStop(cleanup: () => Promise<void> | void): void {
    this.#cleanups.push(cleanup);
  }

  /** Stops the servers, the last one first. */
  async stop(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }
}
