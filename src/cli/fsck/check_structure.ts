import type { Database } from "../database/database.ts";
import { compareMigrations, countMigrations } from "../database/migrations.ts";
import { parseNames, type Row, readDatabase } from "../database/read_database.ts";
import { D1_APPLIED, LIBSQL_APPLIED } from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { commandLine } from "../settings/settings.ts";
import { type Finding, finding } from "./report.ts";
import { compareSchema, migratedSchema, parseSchema } from "./schema.ts";
import { COLUMN_NAMES, COLUMN_NAMES_QUERY } from "./structure.sql.ts";

/**
 * Asserts that a database has all migrations, tables and columns of this version.
 *
 * @throws CliError with the number of pending migrations, or the missing object; as `readDatabase`
 */
export async function assertMigrated(database: Database, processes: Processes): Promise<void> {
  const queries = [appliedQuery(database), COLUMN_NAMES_QUERY];
  const [migrations = [], columns = []] = await readDatabase(database, queries, processes).catch(
    (error: unknown) => {
      if (!(error instanceof CliError && error.message.includes("no such table"))) throw error;
      throw new CliError(`${NOT_OURS}, or is empty. \`${commandLine("migrate")}\` prepares an empty one.`);
    },
  );
  assertNonePending(migrations);
  const names = new Set(parseNames(columns));
  const tables = new Set([...names].map(tableOf));
  const missing = new Set(
    COLUMN_NAMES.filter((name) => !names.has(name)).map((name) =>
      tables.has(tableOf(name)) ? name : tableOf(name),
    ),
  );
  if (missing.size === 0) return;
  throw new CliError(`the database has no ${[...missing].join(", ")}. ${NOT_OURS}, or is damaged.`);
}

/** Returns the query of the migrations that were applied. */
export const appliedQuery = ({ kind }: Database): string => (kind === "libsql" ? LIBSQL_APPLIED : D1_APPLIED);

/**
 * Asserts that a database has all migrations of this version.
 *
 * @param migrations the result of `appliedQuery`
 * @throws CliError with the number of pending migrations
 */
export function assertNonePending(migrations: readonly Row[]): void {
  const { pending } = compareMigrations(migrations, "the database");
  if (pending.length === 0) return;
  throw new CliError(
    `the database is ${countMigrations(pending.length)} behind: run \`${commandLine("migrate")}\`.`,
  );
}

const NOT_OURS = "the database does not belong to this service";

const tableOf = (column: string): string => column.slice(0, column.indexOf("."));

/**
 * Checks the preconditions of the invariants: the definitions of tables, indexes and triggers, and the database file.
 *
 * @param objects the result of `SCHEMA_QUERY`
 * @param problems the result of `integrityQuery`; undefined if the server rejected it
 */
export const checkStructure = (objects: readonly Row[], problems: readonly Row[] | undefined): Finding[] => [
  ...compareSchema(parseSchema(objects), migratedSchema()),
  ...(problems === undefined
    ? finding("database file not checked", "notice", [
        { id: "database", detail: "the server rejected the check" },
      ])
    : finding("damaged database file", "violation", parseProblems(problems))),
];

const parseProblems = (rows: readonly Row[]): Finding["rows"] =>
  rows
    .flatMap((row) => Object.values(row).map(String))
    .filter((problem) => problem !== "ok")
    .map((detail) => ({ id: "database", detail }));
