import { type Client, createClient } from "@libsql/client/web";
import { type Config, ConfigurationError } from "../config.ts";
import type { Mode, Row, Server, Statement } from "./driver.ts";
import { Turns } from "./semaphore.ts";

/**
 * A libSQL server, over HTTP.
 *
 * @throws ConfigurationError where libSQL's client does not take the URL
 */
export function libsqlServer(config: Extract<Config["database"], { kind: "libsql" }>): Server {
  const client = connect(config);
  const turns = config.maxWrites > 0 ? new Turns(config.maxWrites) : undefined;
  const run = async (statements: readonly Statement[], mode: Mode): Promise<Row[][]> => {
    const [first, ...rest] = statements.map(({ sql, params }) => ({ sql, args: [...params] }));
    if (first === undefined) return [];
    // One statement is a transaction by itself.
    if (rest.length === 0) return [(await client.execute(first)).rows];
    return (await client.batch([first, ...rest], mode)).map(({ rows }) => rows);
  };
  return {
    run: (statements, mode, signal) =>
      turns !== undefined && mode === "write"
        ? turns.take(() => run(statements, mode), signal)
        : run(statements, mode),
  };
}

function connect({ url, authToken }: Parameters<typeof libsqlServer>[0]): Client {
  try {
    return createClient({
      url,
      ...(authToken !== undefined && { authToken }),
      // The client's own queue would let one request run what another has queued, which workerd forbids.
      concurrency: Number.POSITIVE_INFINITY,
    });
  } catch (error) {
    throw new ConfigurationError([`LIBSQL_URL is not one that can be used: ${String(error)}`]);
  }
}
