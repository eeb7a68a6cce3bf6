import path from "node:path";
import { bindingOf, type D1Database, d1LocationFlags } from "../database/database.ts";
import { parseNames, readDatabase } from "../database/read_database.ts";
import { DEFINITIONS_QUERY, insertStatements, rowsQuery, TABLES_QUERY } from "../database/tables.sql.ts";
import type { Processes } from "../processes/processes.ts";
import { wrangler } from "../servers/wrangler.ts";
import { temporaryFolder } from "../settings/settings.ts";
import { readStatements } from "./backup_file.ts";
import { parseDefinitions } from "./definitions.ts";

/**
 * Reads a D1 database as the SQL statements that make a copy of it. Cloudflare exports the deployed one, which serves no
 * requests during the export.
 *
 * @throws CliError if the database cannot be read
 */
export async function* dumpD1(database: D1Database, processes: Processes): AsyncGenerator<string> {
  if (database.kind === "local D1") return yield* await dumpLocal(database, processes);
  const file = path.join(temporaryFolder(), "export.sql");
  const flags = [...d1LocationFlags(database), "--skip-confirmation", "--output", file];
  await processes.run(wrangler("d1", "export", bindingOf(database), ...flags), "inherit");
  yield* readStatements(file);
}

/**
 * Returns the statements that create a local D1 database. `wrangler d1 export --local` is not used: it reads the
 * tables in separate transactions, and corrupts strings that contain both backslashes and line feeds.
 */
async function dumpLocal(database: D1Database, processes: Processes): Promise<string[]> {
  const [rows = []] = await readDatabase(database, [TABLES_QUERY], processes);
  const names = parseNames(rows);
  const queries = [DEFINITIONS_QUERY, ...names.map(rowsQuery)];
  const [objects = [], ...contents] = await readDatabase(database, queries, processes);
  const { tables, others } = parseDefinitions(objects, names);
  return [
    ...tables.flatMap(({ name, sql }) => [
      sql,
      ...(contents[names.indexOf(name)] ?? []).flatMap((row) => insertStatements(name, row)),
    ]),
    ...others,
  ];
}
