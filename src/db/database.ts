import { type Client, createClient, type InStatement, type TransactionMode } from "@libsql/client/web";
import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { drizzle as drizzleD1 } from "drizzle-orm/d1";
import { drizzle as drizzleLibsql } from "drizzle-orm/libsql/web";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";
import { type Config, ConfigurationError } from "../config.ts";

type LibsqlServer = Extract<Config["database"], { kind: "libsql" }>;

/** Builds statements, and runs them: what D1 and libSQL have in common. */
export interface Connection extends BaseSQLiteDatabase<"async", unknown> {
  /** Runs statements in order, in one transaction, in one round trip. */
  batch<U extends BatchItem<"sqlite">, T extends Readonly<[U, ...U[]]>>(
    statements: T,
  ): Promise<BatchResponse<T>>;
}

export interface Database {
  /** For statements that only read: they wait for no writer, and no writer for them. */
  readonly reading: Connection;
  /** For batches that write: the transaction holds the write lock from its first statement. */
  readonly writing: Connection;
}

const open = new WeakMap<Config, Database>();

/**
 * The configured database, opened once for each configuration. Opening does no I/O.
 *
 * @throws ConfigurationError where libSQL's client does not take the URL
 */
export function database(config: Config): Database {
  let db = open.get(config);
  if (db === undefined) {
    db = config.database.kind === "d1" ? d1(config.database.binding) : libsql(config.database);
    open.set(config, db);
  }
  return db;
}

function d1(binding: D1Database): Database {
  const connection = drizzleD1(binding);
  return { reading: connection, writing: connection };
}

function libsql(server: LibsqlServer): Database {
  try {
    return {
      reading: drizzleLibsql(client(server, "read")),
      writing: drizzleLibsql(client(server, "write")),
    };
  } catch (error) {
    throw new ConfigurationError([`LIBSQL_URL is not one that can be used: ${String(error)}`]);
  }
}

/**
 * Drizzle runs every batch as a deferred transaction: one that reads first and writes later fails if another has
 * written in between. This client's batches are of one mode, whatever they begin with.
 */
function client({ url, authToken }: LibsqlServer, mode: TransactionMode): Client {
  const client = createClient({
    url,
    ...(authToken !== undefined && { authToken }),
    // The client's own queue would let one request run what another has queued, which workerd forbids.
    concurrency: Number.POSITIVE_INFINITY,
  });
  const batch = client.batch.bind(client);
  return Object.assign(client, { batch: (statements: InStatement[]) => batch(statements, mode) });
}
