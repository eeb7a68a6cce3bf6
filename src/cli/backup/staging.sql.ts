import { CliError } from "../errors.ts";

// A restore fills staging tables in many transactions, and renames them in one. Until then the service sees no table.

const PREFIX = "restoring_";

/** Returns whether a table was left by a restore that was interrupted. */
export const isStagingTable = (table: string): boolean => table.startsWith(PREFIX);

const staging = (table: string): string => `"${PREFIX}${table}"`;

const CREATE_TABLE = /^CREATE TABLE (?:IF NOT EXISTS )?["`]?(\w+)["`]?/i;
const INSERT = /^INSERT INTO ["`]?(\w+)["`]?/i;
const CREATE_INDEX = /^(CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?["`]?\w+["`]? ON )["`]?(\w+)["`]?/i;

/** Returns whether a statement makes an index, which takes long if the table has many rows. */
export const makesIndex = (statement: string): boolean => CREATE_INDEX.test(statement);

/**
 * Rewrites a statement of a backup for the staging tables.
 *
 * @throws CliError if it is no statement of a backup
 */
export function toStaging(statement: string): string {
  const [, created] = CREATE_TABLE.exec(statement) ?? [];
  if (created !== undefined) {
    // A table's checks can name the table.
    return statement
      .replace(CREATE_TABLE, `CREATE TABLE ${staging(created)}`)
      .replaceAll(new RegExp(`(["\`])${created}\\1(?=\\.)`, "g"), staging(created));
  }
  if (INSERT.test(statement)) {
    return statement.replace(INSERT, (_, table: string) => `INSERT INTO ${staging(table)}`);
  }
  if (makesIndex(statement)) {
    return statement.replace(CREATE_INDEX, (_, create: string, table: string) => create + staging(table));
  }
  throw new CliError(`the backup has a statement that cannot be restored: ${statement.slice(0, 100)}`);
}

/** Returns the statement that gives a staging table its name in the service. */
export const publishStatement = (table: string): string =>
  `ALTER TABLE "${table}" RENAME TO "${table.slice(PREFIX.length)}"`;
