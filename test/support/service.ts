import { inject } from "vitest";
import { generateAuthKeySecret } from "../../src/cli/settings/auth_key_secret.ts";
import { startD1Service } from "./d1_service.ts";
import type { DatabaseName } from "./databases.ts";
import { startLibsql } from "./libsql.ts";
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

/** Starts a Worker and a libSQL server for it. */
export async function startLibsqlService(
  bundle: Bundle,
  variables: Readonly<Record<string, string>>,
): Promise<Service & { readonly databaseUrl: string }> {
  const database = await startLibsql();
  try {
    const worker = await startWorker(bundle, { ...variables, LIBSQL_URL: database.url });
    const stop = async (): Promise<void> => {
      await worker.kill();
      await database.stop();
    };
    return { url: worker.url, lines: worker.process.lines, databaseUrl: database.url, stop };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** The service on both databases. */
export type ServiceOnBoth = Readonly<Record<DatabaseName, Service>> & { stop(): Promise<void> };

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
