import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient, type InStatement, LibsqlError } from "@libsql/client/http";
import { DrizzleQueryError } from "drizzle-orm/errors";
import type { LibsqlDatabase } from "./database.ts";

/** Returns a client of a libSQL server. The caller closes it. */
export const connect = ({ url, authToken }: LibsqlDatabase): Client =>
  createClient({ url, ...(authToken !== undefined && { authToken }) });

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

/** Joins the messages of an error and its causes. Drizzle's own message, which repeats the query, is left out. */
export function formatCauses(error: unknown): string {
  if (error instanceof DrizzleQueryError && error.cause) return formatCauses(error.cause);
  if (!(error instanceof Error)) return String(error);
  const message = error.message || ("code" in error && String(error.code)) || error.name;
  const cause = error.cause === undefined ? "" : formatCauses(error.cause);
  return message.includes(cause) ? message : `${message}: ${cause}`;
}
