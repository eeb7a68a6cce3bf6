import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import { inject } from "vitest";
import { type Database, migrateDatabase } from "../../src/cli/database/migrations.ts";
import { checkDatabase, type Report } from "../../src/cli/fsck/check_database.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl, untilReady } from "../../src/cli/servers/ready.ts";
import { SQLD_MAX_WRITES, sqldCommand } from "../../src/cli/servers/sqld.ts";
import { workerdCommand } from "../../src/cli/servers/workerd.ts";
import { Program } from "./program.ts";
import { type DatabaseProxy, startProxy } from "./proxy.ts";

const HOST = "127.0.0.1";

/** A server that can be killed and started again, on the same port and files. */
class Restartable {
  readonly url: string;
  readonly #start: () => Program;
  readonly #health: string;
  #program: Program | undefined;

  constructor(port: number, health: string, start: () => Program) {
    this.url = serverUrl(HOST, port);
    this.#health = health;
    this.#start = start;
  }

  /** Returns once it answers. */
  async start(): Promise<void> {
    this.#program = this.#start();
    await untilReady(this.url + this.#health);
  }

  get program(): Program {
    if (this.#program === undefined) throw new Error("not started");
    return this.#program;
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#program?.kill(signal);
  }
}

/** The service as `npm run serve` runs it, with a proxy between the Worker and its database. */
export interface Deployment {
  readonly sqld: Restartable;
  /** sqld's own address for its operators. */
  readonly adminUrl: string;
  readonly proxy: DatabaseProxy;
  readonly worker: Restartable;
  /** Another Worker on the same database. */
  anotherWorker(bundle: string): Promise<Restartable>;
  /** sqld, without the proxy. */
  readonly database: Database;
  /** What `npm run fsck` finds, asked of sqld itself. */
  check(): Promise<Report>;
  stop(): Promise<void>;
}

export interface Options {
  /** The Worker's variables, beside those that it must have. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The folder of the database's files, which is then not removed. */
  readonly data?: string;
  /** Whether the Worker asks sqld itself, without the proxy, which has its own limits. */
  readonly direct?: boolean;
  /** An older Worker, and the migrations that it knows. */
  readonly version?: { readonly bundle: string; readonly migrations: string };
}

/** Starts sqld, the proxy and workerd. No project has a limit. */
export async function deploy({ variables, data, direct, version }: Options = {}): Promise<Deployment> {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-faults-"));
  const processes = new Processes((failure) => console.error(failure.message));
  const files = data ?? path.join(folder, "sqld");
  mkdirSync(files, { recursive: true });
  const [sqldPort, adminPort] = [await freePort(), await freePort()];
  const sqld = new Restartable(sqldPort, "/health", () => {
    const command = sqldCommand(files, sqldPort);
    return new Program({
      ...command,
      args: [
        ...command.args,
        ...["--admin-listen-addr", `${HOST}:${adminPort}`],
        // Older Workers do not know LIBSQL_MAX_WRITES, without which sqld can stop taking writes.
        ...(version === undefined ? [] : ["--max-concurrent-connections", "2"]),
      ],
    });
  });
  const database = { kind: "libsql", url: sqld.url, authToken: undefined } as const;
  const proxy = await startProxy(sqld.url);

  const workers: Restartable[] = [];
  const makeWorker = async (of: string): Promise<Restartable> => {
    const port = await freePort();
    const copy = path.join(folder, `worker-${workers.length}`);
    cpSync(of, copy, { recursive: true });
    const command = workerdCommand(copy, {
      host: HOST,
      port,
      config: inject("wranglerConfig"),
      variables: {
        AUTH_STRATEGY: "noauth",
        LIBSQL_URL: direct ? sqld.url : proxy.url,
        LIBSQL_MAX_WRITES: SQLD_MAX_WRITES,
        QUOTA_VOLUMES: "-1",
        QUOTA_GIGABYTES: "-1",
        QUOTA_SNAPSHOTS: "-1",
        ...variables,
      },
    });
    const worker = new Restartable(port, "/healthcheck", () => new Program(command));
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
    const worker = await makeWorker(version?.bundle ?? inject("bundle"));
    return {
      sqld,
      database,
      adminUrl: serverUrl(HOST, adminPort),
      proxy,
      worker,
      anotherWorker: makeWorker,
      check: () => checkDatabase(database, processes),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
