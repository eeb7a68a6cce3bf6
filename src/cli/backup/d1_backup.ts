import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { bindingOf, type D1Database, d1LocationFlags } from "../database/database.ts";
import { assertEmpty, dropTables } from "../database/empty_database.ts";
import { parseNames, readDatabase } from "../database/read_database.ts";
import {
  countQuery,
  DEFINITIONS_QUERY,
  insertStatement,
  rowsQuery,
  TABLES_QUERY,
} from "../database/tables.sql.ts";
import type { Processes } from "../processes/processes.ts";
import { wrangler } from "../servers/wrangler.ts";
import { temporaryFolder } from "../settings/settings.ts";
import { parseDefinitions } from "./definitions.ts";

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
  await processes.run(wrangler("d1", "export", bindingOf(database), ...flags), "inherit");
  yield* createReadStream(file);
  yield Buffer.from("\n");
}

/**
 * Returns the statements that create a local D1 database. `wrangler d1 export --local` is not used: it reads the
 * tables in separate transactions, and corrupts strings that contain both backslashes and line feeds.
 */
async function dumpLocal(database: D1Database, processes: Processes): Promise<string[]> {
  const names = await readTableNames(database, processes);
  const queries = [DEFINITIONS_QUERY, ...names.map(rowsQuery)];
  const [objects = [], ...contents] = await readDatabase(database, queries, processes);
  const { tables, others } = parseDefinitions(objects, names);
  return [
    ...tables.flatMap(({ name, sql }) => [
      sql,
      ...(contents[names.indexOf(name)] ?? []).map((row) => insertStatement(name, row)),
    ]),
    ...others,
  ];
}

async function readTableNames(database: D1Database, processes: Processes): Promise<string[]> {
  const [rows = []] = await readDatabase(database, [TABLES_QUERY], processes);
  return parseNames(rows);
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
  const script = path.join(temporaryFolder(), "restore.sql");
  await pipeline(
    async function* () {
      for (const statement of dropTables(tables)) yield `${statement};\n`;
      yield* createReadStream(file);
    },
    createWriteStream(script, { mode: 0o600 }),
  );
  const flags = [...d1LocationFlags(database), "--yes", "--file", script];
  await processes.run(wrangler("d1", "execute", bindingOf(database), ...flags));
}
