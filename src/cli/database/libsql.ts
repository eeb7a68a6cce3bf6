import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Client, createClient, type InStatement, LibsqlError } from "@libsql/client/http";
import { createClient as openFile } from "@libsql/client/sqlite3";
import type { Driver } from "../../db/engine/driver.ts";
import { CliError } from "../errors.ts";
import type { LibsqlDatabase } from "./database.ts";

/** The time that a statement on a file waits for a writer of another process, milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Returns a client of a libSQL database. The caller closes it. A file is created if it does not exist.
 *
 * @throws LibsqlError if a file is not a database, or the URL is invalid
 */
export const connect = (database: LibsqlDatabase): Client => {
  const { url, authToken } = database;
  return fileOf(database) === undefined
    ? createClient({ url, ...(authToken !== undefined && { authToken }) })
    : openFile({ url, timeout: BUSY_TIMEOUT_MS });
};

/** Returns the path of the file of a database; undefined if it is a server's. */
export const fileOf = ({ url }: LibsqlDatabase): string | undefined =>
  url.startsWith("file:") ? fileURLToPath(url) : undefined;

/**
 * Returns how messages name a database.
 *
 * @param region its name, if the service has several
 */
export function describeLibsql(database: LibsqlDatabase, region?: string): string {
  const of = region === undefined ? "" : ` of ${region}`;
  const file = fileOf(database);
  return file === undefined ? `the libSQL database${of} at ${database.url}` : `the database${of} in ${file}`;
}

/**
 * Runs work with a client of a libSQL database.
 *
 * @param purpose the verb in the message of an error: `read`
 * @throws CliError if it fails
 */
export async function useClient<Result>(
  database: LibsqlDatabase,
  purpose: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  let client: Client | undefined;
  try {
    client = connect(database);
    return await work(client);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${describeLibsql(database)} cannot be ${purpose}: ${formatCauses(error)}`);
  } finally {
    client?.close();
  }
}

/** Returns the driver that runs statements with a client. */
export const driverOf = (client: Client): Driver => ({
  run: async (statements, mode) =>
    (
      await client.batch(
        statements.map(({ sql, params }) => ({ sql, args: [...params] })),
        mode,
      )
    ).map(({ rows }) => rows),
});

/** The server aborts a transaction of which another writer has taken the lock. None of it has happened then. */
const ABORTED = /^(SQLITE_BUSY|TRANSACTION_TIMEOUT)/;
const MAX_ATTEMPTS = 10;
const RETRY_DELAY_MS = 500;

/** Runs statements in one transaction. Repeats it if another writer has the lock. */
export async function writeTransaction(client: Client, statements: InStatement[]): Promise<void> {
  const [first, ...others] = statements;
  if (first === undefined) return;
  for (let attempt = 1; ; attempt++) {
    try {
      // The server does not abort a single statement, such as one that makes an index of millions of rows.
      if (others.length === 0) await client.execute(first);
      else await client.batch(statements, "write");
      return;
    } catch (error) {
      const aborted = error instanceof LibsqlError && ABORTED.test(error.code);
      if (!aborted || attempt === MAX_ATTEMPTS) throw error;
      await sleep(RETRY_DELAY_MS);
    }
  }
}

/** Joins the messages of an error and its causes. */
export function formatCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message || ("code" in error && String(error.code)) || error.name;
  const cause = error.cause === undefined ? "" : formatCauses(error.cause);
  return message.includes(cause) ? message : `${message}: ${cause}`;
}
