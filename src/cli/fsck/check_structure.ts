import type { Database } from "../database/database.ts";
import { parseNames, type Row, readDatabase } from "../database/read_database.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { type Finding, finding, MAX_ROWS } from "./report.ts";
import { compareSchema, migratedSchema, parseSchema } from "./schema.ts";
import { COLUMN_NAMES, COLUMN_NAMES_QUERY, integrityQuery, SCHEMA_QUERY } from "./structure.sql.ts";

/**
 * Checks what the invariants rely on: the definitions of tables, indexes and triggers, and the database file.
 *
 * @throws CliError if the database cannot be reached, or lacks tables or columns of this service
 */
export async function checkStructure(database: Database, processes: Processes): Promise<Finding[]> {
  const integrity = integrityQuery(database.kind, MAX_ROWS);
  const queries = [COLUMN_NAMES_QUERY, SCHEMA_QUERY];
  const [columns = [], objects = [], problems] = await readDatabase(
    database,
    [...queries, integrity],
    processes,
  ).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    // The server may forbid pragmas. If the cause is another, the second attempt fails and reports it.
    return readDatabase(database, queries, processes);
  });
  assertColumns(database, new Set(parseNames(columns)));
  return [
    ...compareSchema(parseSchema(objects), migratedSchema()),
    ...(problems === undefined
      ? finding("database file not checked", "notice", [
          { id: "database", detail: `the server rejected ${integrity}` },
        ])
      : finding("damaged database file", "violation", parseProblems(problems))),
  ];
}

/**
 * Asserts that a database has all tables and columns of this service.
 *
 * @throws CliError that names those that are missing; as `readDatabase`
 */
export async function assertMigrated(database: Database, processes: Processes): Promise<void> {
  const [columns = []] = await readDatabase(database, [COLUMN_NAMES_QUERY], processes);
  assertColumns(database, new Set(parseNames(columns)));
}

/** @param names the columns of the database, as `table.column` */
function assertColumns({ kind }: Database, names: ReadonlySet<string>): void {
  const tables = new Set([...names].map(tableOf));
  const missing = new Set(
    COLUMN_NAMES.filter((name) => !names.has(name)).map((name) =>
      tables.has(tableOf(name)) ? name : tableOf(name),
    ),
  );
  if (missing.size === 0) return;
  throw new CliError(
    `the ${kind} database has no ${[...missing].join(", ")}: it does not belong to this service, or has pending ` +
      "migrations (`npm run migrate`).",
  );
}

const tableOf = (column: string): string => column.slice(0, column.indexOf("."));

const parseProblems = (rows: readonly Row[]): Finding["rows"] =>
  rows
    .flatMap((row) => Object.values(row).map(String))
    .filter((problem) => problem !== "ok")
    .map((detail) => ({ id: "database", detail }));
