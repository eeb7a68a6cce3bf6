import * as z from "zod/mini";
import { text, timeout } from "./values.ts";

export const databaseVariables = z.object({
  LIBSQL_URL: z.optional(
    z.url({
      protocol: /^(libsql|https?)$/,
      error: ({ input }) =>
        /^file:/.test(String(input))
          ? "must not be a file: a Worker on Cloudflare has none. `npm run serve` opens it"
          : "must be a URL that begins with libsql:, https: or http:",
    }),
  ),
  LIBSQL_AUTH_TOKEN: z.optional(text),
  DATABASE_TIMEOUT_MS: timeout(5000),
});

/** A database in the process of the service. The host that opens it passes it as a binding. */
export interface EmbeddedDatabase {
  /**
   * Runs statements in order, in one transaction.
   *
   * @returns the rows of each statement
   */
  run(
    statements: readonly {
      readonly sql: string;
      readonly params: readonly (string | number | boolean | null)[];
    }[],
    mode: "read" | "write",
  ): Promise<ArrayLike<unknown>[][]>;
  /** Waits until other requests have had a turn: a read stops them. */
  readonly pause: () => Promise<void>;
}

export interface DatabaseConfig {
  readonly database:
    | { readonly kind: "d1"; readonly binding: D1Database }
    | { readonly kind: "libsql"; readonly url: string; readonly authToken: string | undefined }
    | { readonly kind: "file"; readonly driver: EmbeddedDatabase };
  /** The timeout of the database, milliseconds. */
  readonly databaseTimeoutMs: number;
}

/** Returns undefined if there is no database: neither the URL of a libSQL server nor a binding. */
export function readDatabase(
  variables: z.output<typeof databaseVariables>,
  { d1, embedded }: { readonly d1: D1Database | undefined; readonly embedded: EmbeddedDatabase | undefined },
): DatabaseConfig | undefined {
  const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken, DATABASE_TIMEOUT_MS: databaseTimeoutMs } = variables;
  if (url !== undefined) return { database: { kind: "libsql", url, authToken }, databaseTimeoutMs };
  if (embedded !== undefined) return { database: { kind: "file", driver: embedded }, databaseTimeoutMs };
  return d1 && { database: { kind: "d1", binding: d1 }, databaseTimeoutMs };
}
