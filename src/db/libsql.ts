import { type Client, createClient } from "@libsql/client/http";
import { type Config, ConfigurationError } from "../config.ts";
import type { Driver } from "./driver.ts";

/**
 * Connects to a libSQL server over HTTP.
 *
 * @throws ConfigurationError if libSQL's client rejects the URL
 */
export function libsqlDriver(config: Extract<Config["database"], { kind: "libsql" }>): Driver {
  const client = connect(config);
  return {
    async run(statements, mode) {
      const [first, ...rest] = statements.map(({ sql, params }) => ({ sql, args: [...params] }));
      if (first === undefined) return [];
      // A single statement is a transaction by itself.
      if (rest.length === 0) return [(await client.execute(first)).rows];
      return (await client.batch([first, ...rest], mode)).map(({ rows }) => rows);
    },
  };
}

function connect({ url, authToken }: Parameters<typeof libsqlDriver>[0]): Client {
  try {
    return createClient({
      url,
      ...(authToken !== undefined && { authToken }),
      // The client's own queue would let one request run what another has queued, which workerd forbids.
      concurrency: Number.POSITIVE_INFINITY,
    });
  } catch (error) {
    throw new ConfigurationError([`LIBSQL_URL is not accepted by the libSQL client: ${String(error)}`]);
  }
}
