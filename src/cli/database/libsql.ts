import { type Client, createClient } from "@libsql/client/http";
import { DrizzleQueryError } from "drizzle-orm/errors";
import type { LibsqlDatabase } from "./database.ts";

/** Returns a client of a libSQL server. The caller closes it. */
export const connect = ({ url, authToken }: LibsqlDatabase): Client =>
  createClient({ url, ...(authToken !== undefined && { authToken }) });

/** Joins the messages of an error and its causes. Drizzle's own message, which repeats the query, is left out. */
export function formatCauses(error: unknown): string {
  if (error instanceof DrizzleQueryError && error.cause) return formatCauses(error.cause);
  if (!(error instanceof Error)) return String(error);
  const message = error.message || ("code" in error && String(error.code)) || error.name;
  const cause = error.cause === undefined ? "" : formatCauses(error.cause);
  return message.includes(cause) ? message : `${message}: ${cause}`;
}
