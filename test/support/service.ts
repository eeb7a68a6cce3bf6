import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import { builtAssets } from "../../src/cli/assets/built_assets.ts";
import { serverUrl } from "../../src/cli/servers/ready.ts";
import { generateAuthKeySecret } from "../../src/cli/settings/auth_key_secret.ts";
import { migrationsFolder } from "../../src/cli/settings/settings.ts";
import { type Host, startHost } from "../../src/host/host.ts";
import { type D1Service, startD1Service } from "./d1_service.ts";
import { HOST } from "./restartable_server.ts";
import type { Bundle } from "./worker.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The Worker, which `bundle_setup.ts` builds once for all tests. */
    builtWorker: Bundle;
  }
}

/** A running service. */
export interface Service {
  readonly url: string;
  /** The log of the service. */
  readonly lines: readonly string[];
  /** Ends the service, and removes its database. */
  stop(): Promise<void>;
}

/** The service as `npm run serve` runs it, in this process. */
export interface LibsqlService extends Service {
  /** The path of the database, without `REGIONS`. */
  readonly file: string;
  /** The path as `LIBSQL_URL`, for commands. */
  readonly databaseUrl: string;
  /** Runs what runs every minute. */
  sweep(): Promise<void>;
}

/** Starts the service in this process on a folder. */
const startOn = (
  folder: string,
  variables: Readonly<Record<string, string>>,
  log: (line: string) => void = () => {},
): Promise<Host> =>
  startHost({
    host: HOST,
    port: 0,
    variables,
    folder,
    syncsWrites: false,
    migrations: migrationsFolder,
    assets: builtAssets(),
    log,
    keepsGlobals: true,
  });

/** Runs work on the service in this process, whose database stays in its folder. */
export async function withServiceOn<T>(
  folder: string,
  variables: Readonly<Record<string, string>>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const host = await startOn(folder, variables);
  try {
    return await work(serverUrl(HOST, host.port));
  } finally {
    await host.stop();
  }
}

/** Starts the service in this process, with a new database for each region of `REGIONS`. */
export async function startLibsqlService(
  variables: Readonly<Record<string, string>>,
): Promise<LibsqlService> {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const file = path.join(folder, "volume-transfers.db");
  const lines: string[] = [];
  const remove = () => rmSync(folder, { recursive: true });
  try {
    // Suites create transfers faster than people do.
    const unlimited = { TRANSFERS_PER_MINUTE: "0", VOLUMES_PER_MINUTE: "0", ...variables };
    const host = await startOn(folder, unlimited, (line) => lines.push(line));
    return {
      url: serverUrl(HOST, host.port),
      lines,
      file,
      databaseUrl: `file:${file}`,
      sweep: host.sweep,
      stop: async () => {
        await host.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
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
  const [D1, libSQL] = await Promise.all([startD1Service(bundle, all), startLibsqlService(all)]);
  return {
    D1,
    libSQL,
    stop: async () => {
      await Promise.all([D1.stop(), libSQL.stop()]);
    },
  };
}
