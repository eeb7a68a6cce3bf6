import { type Client, createClient, type InStatement } from "@libsql/client/web";
import { Turns } from "../../src/db/semaphore.ts";

// The smallest Worker that does the database work of an operation: no routes, no identity, no validation, no views.
// It is given the statements that the service was seen to send, and answers with the rows.

/** What an operation sends. A value that is an object is that parameter of the URL. */
interface Recorded {
  readonly mode: "read" | "write";
  readonly statements: readonly {
    sql: string;
    args: readonly (string | number | null | { name: string })[];
  }[];
}
interface Env {
  readonly LIBSQL_URL: string;
  readonly OPERATIONS: string;
}

let client: Client | undefined;
let operations: Readonly<Record<string, Recorded>> | undefined;
// As in the service, and for the same reason: one write at a time.
const turns = new Turns(1);

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const answer = answerTo(request.url, env);
    context.waitUntil(answer);
    return answer;
  },
};

async function answerTo(url: string, env: Env): Promise<Response> {
  client ??= createClient({ url: env.LIBSQL_URL, concurrency: Number.POSITIVE_INFINITY });
  operations ??= JSON.parse(env.OPERATIONS) as Record<string, Recorded>;
  const [, name = "", ...values] = url.slice("http://".length).split("/");
  const operation = operations[name];
  if (operation === undefined) return new Response("ready");
  const given = Object.fromEntries(values.map((value) => value.split("=")));
  const statements = operation.statements.map(
    ({ sql, args }): InStatement => ({
      sql,
      args: args.map((arg) => (typeof arg === "object" && arg !== null ? given[arg.name] : arg)),
    }),
  );
  const results = await run(client, statements, operation.mode);
  // The one statement that decides returns what it has written: a load that writes nothing is none.
  const decides = operation.statements.findIndex(({ sql }) => sql.includes(" returning "));
  const status = decides >= 0 && results[decides]?.rows.length === 0 ? 409 : 200;
  return Response.json(
    results.map(({ rows }) => rows),
    { status },
  );
}

async function run(client: Client, statements: InStatement[], mode: Recorded["mode"]) {
  const [only, ...more] = statements;
  if (only !== undefined && more.length === 0) return [await client.execute(only)];
  const controller = new AbortController();
  // workerd gives up a request that waits for nothing but another.
  const timer = setTimeout(() => controller.abort(), 10_000);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await turns.take(() => client.batch(statements, mode), controller.signal);
      } catch (error) {
        // The service asks again, too, where the server has not begun.
        if (!String(error).includes("SQLITE_BUSY") || attempt === 5) throw error;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
