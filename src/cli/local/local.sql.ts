/** Creates the table in which wrangler, too, records the migrations that were applied. */
export const CREATE_MIGRATIONS =
  "create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp not null default current_timestamp)";

export const MIGRATIONS_TABLE = "d1_migrations";

/** Selects the names of the migrations that were applied. */
export const APPLIED_MIGRATIONS = "select name from d1_migrations";

/** Records a migration by its name. */
export const RECORD_MIGRATION = "insert into d1_migrations (name) values (?)";

/** Returns the statement that deletes all rows of a table. */
export const deleteRows = (table: string): string => `delete from "${table}"`;
