import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { type D1Database, d1LocationFlags } from "../database/database.ts";
import { assertEmpty, isFilledAtStart, parseTableNames } from "../database/empty_database.ts";
import { readDatabase } from "../database/read_database.ts";
import {
  countQuery,
  DEFINITIONS_QUERY,
  dropEmptyStatements,
  dropStatement,
  insertStatement,
  rowsQuery,
  TABLES_QUERY,
} from "../database/tables.sql.ts";
import type { Processes } from "../processes/processes.ts";
import { D1_BINDING, wrangler } from "../servers/wrangler.ts";
import { temporaryFolder } from "../settings/settings.ts";

/**
 * Reads a D1 database as SQL. Cloudflare exports the deployed one, which serves no requests during the export.
 *
 * @throws CliError if the database cannot be read
 */
export async function* dumpD1(database: D1Database, processes: Processes): AsyncGenerator<Uint8Array> {
  if (database.kind === "local D1") {
    for (const statement of await dumpLocal(database, processes)) yield Buffer.from(`${statement};\n`);
    return;
  }
  const file = path.join(temporaryFolder(), "export.sql");
  const flags = [...d1LocationFlags(database), "--skip-confirmation", "--output", file];
  await processes.run(wrangler("d1", "export", D1_BINDING, ...flags), "inherit");
  yield* createReadStream(file);
  yield Buffer.from("\n");
}

const definitions = z.array(z.object({ name: z.string(), type: z.string(), sql: z.string() }));

/**
 * Returns the statements that create a local D1 database. `wrangler d1 export --local` is not used: it reads the
 * tables in separate transactions, and corrupts strings that contain both backslashes and line feeds.
 */
async function dumpLocal(database: D1Database, processes: Processes): Promise<string[]> {
  const tables = await readTableNames(database, processes);
  const queries = [DEFINITIONS_QUERY, ...tables.map(rowsQuery)];
  const [objects = [], ...contents] = await readDatabase(database, queries, processes);
  const created = definitions.parse(objects);
  return [
    ...tables.flatMap((table, i) => [
      ...created.filter(({ type, name }) => type === "table" && name === table).map(({ sql }) => sql),
      ...(contents[i] ?? []).map((row) => insertStatement(table, row)),
    ]),
    ...created.filter(({ type }) => type !== "table").map(({ sql }) => sql),
  ];
}

async function readTableNames(database: D1Database, processes: Processes): Promise<string[]> {
  const [rows = []] = await readDatabase(database, [TABLES_QUERY], processes);
  return parseTableNames(rows);
}

/**
 * Restores a backup to an empty D1 database, in one transaction.
 *
 * @throws CliError if the database is not empty, cannot be reached, or rejects a statement; it is unchanged then
 */
export async function restoreD1(database: D1Database, file: string, processes: Processes): Promise<void> {
  const tables = await readTableNames(database, processes);
  if (tables.length > 0) {
    const [[counts = {}] = []] = await readDatabase(database, [countQuery(tables)], processes);
    assertEmpty(counts);
  }
  // Rows can be inserted after they were counted: the transaction fails then.
  const drops = tables.flatMap((table) =>
    isFilledAtStart(table) ? [dropStatement(table)] : dropEmptyStatements(table),
  );
  const script = path.join(temporaryFolder(), "restore.sql");
  await pipeline(
    async function* () {
      for (const statement of drops) yield `${statement};\n`;
      yield* createReadStream(file);
    },
    createWriteStream(script, { mode: 0o600 }),
  );
  const flags = [...d1LocationFlags(database), "--yes", "--file", script];
  await processes.run(wrangler("d1", "execute", D1_BINDING, ...flags));
}
