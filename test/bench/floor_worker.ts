import { type Client, createClient, type InStatement, type ResultSet } from "@libsql/client/http";
import type { RecordedStatements } from "./recorded_statements.ts";
import { Semaphore } from "./semaphore.ts";

// The floor: the smallest Worker that does the database work of the service. It has no routes, identity, validation or
// views. It executes the statements that were recorded from the service, and responds with the rows.

interface Env {
  readonly LIBSQL_URL: string;
  /** JSON: the statements of each request, by the name of the request. */
  readonly STATEMENTS: string;
}

/** A write waits at most this long for the ones before it, in milliseconds. */
const TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 5;

let client: Client | undefined;
let recorded: Readonly<Record<string, RecordedStatements>> | undefined;
// One write at a time, as in the service.
const writes = new Semaphore(1);

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const response = respond(request.url, env);
    context.waitUntil(response);
    return response;
  },
};

async function respond(url: string, env: Env): Promise<Response> {
  client ??= createClient({ url: env.LIBSQL_URL, concurrency: Number.POSITIVE_INFINITY });
  recorded ??= JSON.parse(env.STATEMENTS) as Record<string, RecordedStatements>;
  const [, name = "", ...pairs] = url.slice("http://".length).split("/");
  const request = recorded[name];
  if (request === undefined) return new Response("ready");
  const parameters: Record<string, string> = Object.fromEntries(pairs.map((pair) => pair.split("=")));
  const statements = request.statements.map(
    ({ sql, args }): InStatement => ({
      sql,
      args: args.map((arg) => (typeof arg === "object" && arg !== null ? parameters[arg.name] : arg) ?? null),
    }),
  );
  const results = await execute(client, statements, request.mode);
  // The guarded statement returns the row that it has written. A load whose guards refuse would measure nothing.
  const guarded = request.statements.findIndex(({ sql }) => sql.includes(" returning "));
  const status = guarded >= 0 && results[guarded]?.rows.length === 0 ? 409 : 200;
  return Response.json(
    results.map(({ rows }) => rows),
    { status },
  );
}

async function execute(
  client: Client,
  statements: InStatement[],
  mode: RecordedStatements["mode"],
): Promise<ResultSet[]> {
  const [first, ...others] = statements;
  if (first !== undefined && others.length === 0) return [await client.execute(first)];
  const controller = new AbortController();
  // workerd cancels a request that waits for nothing but another request. A timer keeps it alive.
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await writes.run(() => client.batch(statements, mode), controller.signal);
      } catch (error) {
        // The transaction has not begun. The service retries it, too.
        if (!String(error).includes("SQLITE_BUSY") || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
