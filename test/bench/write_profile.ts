import * as z from "zod";
import { cpuMs } from "../support/process_stats.ts";
import type { Exchange } from "../support/proxy.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import { fillDatabase, HEADERS, idleVolumeId } from "./dataset.ts";
import { parseCreated } from "./operations.ts";
import { extractStatements } from "./recorded_statements.ts";
import type { Servers } from "./servers.ts";

const WRITES = ["create", "accept"] as const;
type Write = (typeof WRITES)[number];

/** What the statements of a create and of an accept cost sqld. */
export interface WriteProfile {
  /** The mean CPU time of sqld for a create and for an accept, milliseconds. */
  readonly sqldCpuMs: number;
  readonly statements: readonly StatementCost[];
  /** The same for requests that are sent at once, and therefore run in groups. */
  readonly together: TogetherCost;
}

interface TogetherCost {
  /** The number of requests. */
  readonly requests: number;
  /** The mean CPU time of sqld for a create and for an accept, milliseconds. */
  readonly sqldCpuMs: number;
  /** The time that sqld reports for the statements of all, as a share of each request, milliseconds. */
  readonly ms: Readonly<Record<Write, number>>;
}

/** The number of requests that are sent at once. */
const AT_ONCE = 16;

interface StatementCost {
  readonly write: Write;
  /** The verb and the table. */
  readonly statement: string;
  readonly characters: number;
  /** The median of the times that sqld reports, to compile and to execute, milliseconds. */
  readonly ms: number;
}

/** The part of a response of Hrana that is used here. */
const response = z.object({
  results: z.array(
    z.object({
      response: z
        .object({
          result: z
            .object({ step_results: z.array(z.object({ query_duration_ms: z.number() }).nullable()) })
            .optional(),
        })
        .optional(),
    }),
  ),
});

/** Measures the statements of creates and accepts that run one after another. */
export async function measureWrites(
  bundle: Bundle,
  servers: Servers,
  { repeats }: { readonly repeats: number },
  log: (line: string) => void,
): Promise<WriteProfile> {
  const database = await servers.startDatabase();
  await fillDatabase(database.url, { transfers: 10_000, openOneIn: 10, owned: 10_000 }, () => {});
  let exchanges: Exchange[] = [];
  const proxy = await servers.startProxy(database.url, {
    onExchange: (exchange) => exchanges.push(exchange),
  });
  const { url } = await servers.startWorker(bundle, { AUTH_STRATEGY: "noauth", LIBSQL_URL: proxy.url });
  const storedSql = new Map<number, string>();

  const send = async (headers: Record<string, string>, path: string, body: object) => {
    const answer = await fetch(`${url}/v3/volume-transfers${path}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  };
  // The volumes move back and forth.
  let [donor, recipient] = [HEADERS.owner, HEADERS.recipient];
  /** Moves volumes at once, and returns what sqld reports of the statements of each exchange. */
  const move = async (count: number): Promise<Record<Write, Omit<StatementCost, "write">[][]>> => {
    exchanges = [];
    const volumes = Array.from({ length: count }, (_, i) => ({ volume_id: idleVolumeId(i + 1) }));
    const created = await Promise.all(volumes.map((volume) => send(donor, "", { transfer: volume })));
    const creates = exchanges;
    exchanges = [];
    await Promise.all(
      created
        .map(parseCreated)
        .map(({ id, auth_key }) => send(recipient, `/${id}/accept`, { accept: { auth_key } })),
    );
    [donor, recipient] = [recipient, donor];
    const [create, accept] = [creates, exchanges].map((all) => all.map((one) => costsOf(one, storedSql)));
    return { create: create ?? [], accept: accept ?? [] };
  };
  const measure = async (count: number) => {
    for (let i = 0; i < repeats; i++) await move(count);
    const before = cpuMs(database.server.process.pid);
    const moves = [];
    for (let i = 0; i < repeats; i++) moves.push(await move(count));
    return { moves, sqldCpuMs: (cpuMs(database.server.process.pid) - before) / (2 * repeats * count) };
  };
  const alone = await measure(1);
  const statements = WRITES.flatMap((write) =>
    mediansOf(alone.moves.flatMap((costs) => costs[write])).map((cost) => ({ write, ...cost })),
  );
  for (const { write, statement, ms } of statements) log(`${write}: ${statement}: ${ms.toFixed(3)} ms`);
  const together = await measure(AT_ONCE);
  const share = (write: Write) =>
    median(together.moves.map((costs) => costs[write].flat().reduce((sum, { ms }) => sum + ms, 0))) / AT_ONCE;
  const ms = { create: share("create"), accept: share("accept") };
  log(`${AT_ONCE} at once: create ${ms.create.toFixed(3)} ms, accept ${ms.accept.toFixed(3)} ms`);
  return {
    sqldCpuMs: alone.sqldCpuMs,
    statements,
    together: { requests: AT_ONCE, sqldCpuMs: together.sqldCpuMs, ms },
  };
}

/** Returns what sqld reports of each statement of an exchange. */
function costsOf(exchange: Exchange, storedSql: Map<number, string>): Omit<StatementCost, "write">[] {
  const { statements } = extractStatements(exchange.request, storedSql, new Map());
  const steps = response
    .parse(JSON.parse(exchange.response))
    .results.flatMap(({ response }) => response?.result?.step_results ?? []);
  // The first step begins the transaction.
  return statements.map(({ sql }, i) => ({
    statement: summarize(sql),
    characters: sql.length,
    ms: steps[i + 1]?.query_duration_ms ?? Number.NaN,
  }));
}

const mediansOf = (requests: Omit<StatementCost, "write">[][]): Omit<StatementCost, "write">[] =>
  (requests[0] ?? []).map((first, i) => ({
    ...first,
    ms: median(requests.map((costs) => costs[i]?.ms ?? Number.NaN)),
  }));

/** Returns the verb of a statement and the first table that it names. */
function summarize(sql: string): string {
  const [, verb = "", written] = /^(insert into|update|delete from|select)(?: "(\w+)")?/.exec(sql) ?? [];
  const [, read = ""] = /(?:from|join) "(\w+)"/.exec(sql) ?? [];
  return `${verb} ${verb === "select" ? read : written}`;
}
