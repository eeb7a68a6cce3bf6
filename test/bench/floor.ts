import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { type WranglerConfig, wrangler } from "../../src/cli/servers/wrangler.ts";
import { projectFolder, temporaryFolder } from "../../src/cli/settings/settings.ts";
import type { Exchange } from "./proxy.ts";
import { type Bundle, type Server, startWorker } from "./running.ts";

const value = z.discriminatedUnion("type", [
  z.object({ type: z.literal("null") }),
  z.object({ type: z.literal("text"), value: z.string() }),
  z.object({ type: z.literal("integer"), value: z.string() }),
  z.object({ type: z.literal("float"), value: z.number() }),
]);
const statement = z.object({
  sql: z.string().optional(),
  sql_id: z.int().optional(),
  args: z.array(value).default([]),
});
/** Hrana's pipeline, as much of it as the service uses. */
const pipeline = z.object({
  requests: z.array(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("execute"), stmt: statement }),
      z.object({
        type: z.literal("batch"),
        batch: z.object({ steps: z.array(z.object({ stmt: statement })) }),
      }),
      z.object({ type: z.literal("store_sql"), sql_id: z.int(), sql: z.string() }),
      z.object({ type: z.literal("close_sql") }),
      z.object({ type: z.literal("close") }),
    ]),
  ),
});

type Argument = string | number | null | { readonly name: string };
interface Recorded {
  readonly mode: "read" | "write";
  readonly statements: readonly { readonly sql: string; readonly args: readonly Argument[] }[];
}

/**
 * The statements of an exchange, as the service sent them.
 *
 * @param names the values that differ from request to request, and what the floor is to be given for them
 */
export function recorded({ request }: Exchange, names: ReadonlyMap<string, string>): Recorded {
  const texts = new Map<number, string>();
  const statements: z.output<typeof statement>[] = [];
  for (const one of pipeline.parse(JSON.parse(request)).requests) {
    if (one.type === "store_sql") texts.set(one.sql_id, one.sql);
    if (one.type === "execute") statements.push(one.stmt);
    if (one.type === "batch") statements.push(...one.batch.steps.map(({ stmt }) => stmt));
  }
  const inWords = statements.map(({ sql, sql_id, args }) => ({
    sql: sql ?? texts.get(sql_id ?? -1) ?? "",
    args: args.map((arg) => argument(arg, names)),
  }));
  const mode = inWords.some(({ sql }) => sql.startsWith("BEGIN IMMEDIATE")) ? "write" : "read";
  return { mode, statements: inWords.filter(({ sql }) => !/^(BEGIN|COMMIT|ROLLBACK)/.test(sql)) };
}

function argument(arg: z.output<typeof value>, names: ReadonlyMap<string, string>): Argument {
  switch (arg.type) {
    case "null":
      return null;
    case "float":
      return arg.value;
    case "integer":
      return Number(arg.value);
    case "text": {
      const name = names.get(arg.value);
      if (name !== undefined) return { name };
      // Whatever the key, the transfer's HMAC and the acceptor's must be the same.
      if (/^[0-9a-f]{64}$/.test(arg.value)) return "0".repeat(64);
      return arg.value.startsWith("req-") ? { name: "id" } : arg.value;
    }
  }
}

/** Builds and starts the floor, with these operations, on a libSQL server. */
export async function startFloor(
  operations: Readonly<Record<string, Recorded>>,
  libsqlUrl: string,
  config: WranglerConfig,
  processes: Processes,
): Promise<Server> {
  const folder = temporaryFolder();
  const wranglerToml = path.join(folder, "wrangler.toml");
  const main = path.join(projectFolder, "test/bench/floor_worker.ts");
  writeFileSync(
    wranglerToml,
    `name = "floor"\nmain = ${JSON.stringify(main)}\ncompatibility_date = "${config.compatibilityDate}"\n`,
  );
  const built = path.join(folder, "index");
  await processes.run(
    wrangler("deploy", "--dry-run", "--minify", "--outdir", built, "--config", wranglerToml),
  );
  renameSync(path.join(built, "floor_worker.js"), path.join(built, "index.js"));
  const bundle: Bundle = { folder: built, config };
  const variables = { LIBSQL_URL: libsqlUrl, OPERATIONS: JSON.stringify(operations) };
  return startWorker(bundle, variables, processes, "/");
}
