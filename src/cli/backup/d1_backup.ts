import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import {
  assertEmpty,
  countsQuery,
  isFilledByMigrations,
  quoted,
  TABLES_QUERY,
  tableNames,
} from "../database/empty_database.ts";
import type { Database } from "../database/migrations.ts";
import { d1Place, type Row, readDatabase } from "../database/read_database.ts";
import type { Processes } from "../processes/processes.ts";
import { D1_BINDING, wrangler } from "../servers/wrangler.ts";
import { temporaryFolder } from "../settings/settings.ts";

type D1 = Exclude<Database, { kind: "libsql" }>;

/**
 * Everything in a D1 as SQL. The deployed one is exported by Cloudflare, which lets no other request in meanwhile.
 *
 * @throws CommandFailed if it cannot be read
 */
export async function* dumpD1(database: D1, processes: Processes): AsyncGenerator<Uint8Array> {
  if (database.kind === "local D1") {
    for (const statement of await dumpLocal(database, processes)) yield Buffer.from(`${statement};\n`);
    return;
  }
  const file = path.join(temporaryFolder(), "export.sql");
  await processes.run(
    wrangler("d1", "export", D1_BINDING, ...d1Place(database), "--skip-confirmation", "--output", file),
    "show",
  );
  yield* createReadStream(file);
  yield Buffer.from("\n");
}

const schema = z.array(z.object({ name: z.string(), type: z.string(), sql: z.string() }));

/**
 * The statements that make a local D1. `wrangler d1 export --local` is not used: it reads table after table, while
 * others write, and takes the backslash of a text that has line breaks too for one of its own.
 */
async function dumpLocal(database: D1, processes: Processes): Promise<string[]> {
  const [found = []] = await readDatabase(database, [TABLES_QUERY], processes);
  const tables = tableNames(found);
  const [made = [], ...contents] = await readDatabase(
    database,
    [
      "select name, type, sql from sqlite_schema where sql is not null order by rowid",
      ...tables.map((table) => `select * from ${quoted(table)}`),
    ],
    processes,
  );
  const objects = schema.parse(made);
  return [
    ...tables.flatMap((table, i) => [
      ...objects.filter(({ type, name }) => type === "table" && name === table).map(({ sql }) => sql),
      ...(contents[i] ?? []).map((row) => insertOf(table, row)),
    ]),
    ...objects.filter(({ type }) => type !== "table").map(({ sql }) => sql),
  ];
}

function insertOf(table: string, row: Row): string {
  const columns = Object.keys(row).map(quoted).join(",");
  return `INSERT INTO ${quoted(table)} (${columns}) VALUES(${Object.values(row).map(literal).join(",")})`;
}

/** A value in SQL, which takes no NUL in a text. */
function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") throw new Error(`no backup is made of a ${typeof value}`);
  return `'${value.replaceAll("'", "''").replaceAll("\0", "'||char(0)||'")}'`;
}

/**
 * Fills an empty D1 from a backup, in one transaction.
 *
 * @throws UsageError, CommandFailed if it is not empty, cannot be reached, or does not take a statement; it is as it
 *   was then
 */
export async function loadD1(database: D1, file: string, processes: Processes): Promise<void> {
  const [found = []] = await readDatabase(database, [TABLES_QUERY], processes);
  const tables = tableNames(found);
  if (tables.length > 0) {
    const [[counts = {}] = []] = await readDatabase(database, [countsQuery(tables)], processes);
    assertEmpty(counts);
  }
  const script = path.join(temporaryFolder(), "restore.sql");
  await pipeline(
    async function* () {
      for (const table of tables) yield dropUnlessFilled(table);
      yield* createReadStream(file);
    },
    createWriteStream(script, { mode: 0o600 }),
  );
  await processes.run(wrangler("d1", "execute", D1_BINDING, ...d1Place(database), "--yes", "--file", script));
}

/** Statements that drop a table, and fail, with all that follows, if somebody has filled it since it was counted. */
function dropUnlessFilled(table: string): string {
  const drop = `DROP TABLE ${quoted(table)};\n`;
  if (isFilledByMigrations(table)) return drop;
  return `CREATE TABLE restore_guard (rows integer CHECK (rows = 0));
INSERT INTO restore_guard SELECT count(*) FROM ${quoted(table)};
DROP TABLE restore_guard;
${drop}`;
}
