/** Gives the file of a restored database, the parameter, the name `restored`. */
export const ATTACH = "attach ? as restored";

/** Takes the write lock. */
export const BEGIN = "begin immediate";
export const COMMIT = "commit";

/** Returns the statement that copies the rows of a table, whose indexes are those of the original. SQLite copies pages. */
export const copyRows = (table: string): string =>
  `insert into main."${table}" select * from restored."${table}"`;

/** Selects the definitions of the restored database, the tables first. */
export const RESTORED_DEFINITIONS = `select name, type, sql from restored.sqlite_schema
  where sql is not null and name not glob 'sqlite_*' order by type <> 'table', rowid`;
