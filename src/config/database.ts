import * as z from "zod/mini";
import { text, wholeNumber } from "./values.ts";

export const databaseVariables = z.object({
  LIBSQL_URL: z.optional(
    z.url({
      protocol: /^(libsql|https?)$/,
      error: "must be a URL that begins with libsql:, https: or http:",
    }),
  ),
  LIBSQL_AUTH_TOKEN: z.optional(text),
  DATABASE_TIMEOUT_MS: wholeNumber(5000, 1, 60_000),
});

export interface DatabaseConfig {
  readonly database:
    | { readonly kind: "d1"; readonly binding: D1Database }
    | {
        readonly kind: "libsql";
        readonly url: string;
        readonly authToken: string | undefined;
        /** Puts what the server has committed on disk; undefined if the server does so itself. */
        readonly walSync: Fetcher | undefined;
      };
  /** The timeout of the database, milliseconds. */
  readonly databaseTimeoutMs: number;
}

/** Returns undefined if there is neither the URL of a libSQL server nor a D1 database. */
export function readDatabase(
  variables: z.output<typeof databaseVariables>,
  { d1, walSync }: { readonly d1: D1Database | undefined; readonly walSync: Fetcher | undefined },
): DatabaseConfig | undefined {
  const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken, DATABASE_TIMEOUT_MS: databaseTimeoutMs } = variables;
  if (url !== undefined) return { database: { kind: "libsql", url, authToken, walSync }, databaseTimeoutMs };
  return d1 && { database: { kind: "d1", binding: d1 }, databaseTimeoutMs };
}
