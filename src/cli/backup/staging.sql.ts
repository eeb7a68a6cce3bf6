// A restore to a libSQL server fills staging tables in many transactions, and renames them in one. Until then the service
// sees no table.

const PREFIX = "restoring_";

/** Returns whether a table was left by a restore that was interrupted. */
export const isStagingTable = (table: string): boolean => table.startsWith(PREFIX);

/** Returns the name of the staging table of a table. */
export const stagingName = (table: string): string => PREFIX + table;

const CREATE_TABLE = /^CREATE TABLE (?:IF NOT EXISTS )?["`]?(\w+)["`]?/i;
const CREATE_INDEX = /^(CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?["`]?\w+["`]? ON )["`]?(\w+)["`]?/i;

/** Returns whether a statement makes an index, which takes long if the table has many rows. */
export const makesIndex = (statement: string): boolean => CREATE_INDEX.test(statement);

/** Rewrites the definition of a table or index for the staging tables. */
export function toStaging(definition: string): string {
  const [, created] = CREATE_TABLE.exec(definition) ?? [];
  if (created === undefined) {
    return definition.replace(
      CREATE_INDEX,
      (_, create: string, table: string) => `${create}"${stagingName(table)}"`,
    );
  }
  // A table's checks can name the table.
  return definition
    .replace(CREATE_TABLE, `CREATE TABLE "${stagingName(created)}"`)
    .replaceAll(new RegExp(`(["\`])${created}\\1(?=\\.)`, "g"), `"${stagingName(created)}"`);
}

/** Returns the statement that gives a staging table its name in the service. */
export const publishStatement = (table: string): string =>
  `ALTER TABLE "${table}" RENAME TO "${table.slice(PREFIX.length)}"`;
