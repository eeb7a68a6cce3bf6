import { type Client, createClient, type ResultSet } from "@libsql/client/http";
import { type Config, ConfigurationError } from "../../config/config.ts";
import type { Driver } from "./driver.ts";

type LibsqlConfig = Extract<Config["database"], { kind: "libsql" }>;

/**
 * Connects to a libSQL server. Each transaction is one HTTP request, and needs nothing that the server remembers from
 * an earlier one. The client puts the codes of errors in their messages, where `driver.ts` looks for them.
 *
 * @throws ConfigurationError if libSQL's client rejects the URL
 */
export function libsqlDriver(config: LibsqlConfig): Driver {
  const client = connect(config);
  return {
    async run(statements, mode) {
      const [first, ...rest] = statements.map(({ sql, params }) => ({ sql, args: [...params] }));
      if (first === undefined) return [];
      // A single statement that reads is a transaction by itself.
      const results: ResultSet[] =
        rest.length === 0 && mode === "read"
          ? [await client.execute(first)]
          : await client.batch([first, ...rest], mode);
      return results.map(({ rows }) => rows);
    },
  };
}

function connect({ url, authToken }: LibsqlConfig): Client {
  try {
    return createClient({
      url,
      ...(authToken !== undefined && { authToken }),
      // The coalescer limits the exchanges. A request that the client let wait would run in the context of another one.
      concurrency: Number.POSITIVE_INFINITY,
      fetch: async (request: Request) => {
        const response = await fetch(request);
        if (response.status === 401) {
          const problem = authToken === undefined ? "must be set" : "is rejected";
          throw new ConfigurationError([`LIBSQL_AUTH_TOKEN ${problem}: the libSQL server responds with 401`]);
        }
        return response;
      },
    });
  } catch (error) {
    throw new ConfigurationError([`LIBSQL_URL is not accepted by the libSQL client: ${String(error)}`]);
  }
}
