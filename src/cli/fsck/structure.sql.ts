/** The tables of the service. */
export const TABLES: readonly string[] = ["volumes", "snapshots", "transfers", "quotas"];

/** Columns that later migrations have added, and that the invariants use. */
export const COLUMNS: readonly string[] = [
  "transfers.failed_attempts",
  "transfers.expires_at",
  "transfers.idempotency_key",
];

/** The indexes that make concurrent requests exclude each other. */
export const UNIQUE_INDEXES: readonly string[] = [
  "volumes_id_unique",
  "snapshots_id_unique",
  "transfers_id_unique",
  "transfers_by_volume",
];

/** Selects the names of tables, indexes, and columns of `transfers`. */
export const NAMES_QUERY = `select name from sqlite_schema where type in ('table', 'index')
  union all select 'transfers.' || name from pragma_table_info('transfers')`;

/** Selects one row with the number of rows of each kind, by the name of the kind. */
export const COUNTS_QUERY = `select ${[
  ...TABLES.map(
    (table) => `(select count(*) from ${table}) as "${table === "quotas" ? "quota rows" : table}"`,
  ),
  `(select count(*) from transfers where deleted_at is null) as "open transfers"`,
].join(", ")}`;

/**
 * Returns a query that checks the database file. It selects `ok`, or one row for each problem.
 *
 * @param kind D1 allows only `quick_check`, which does not compare indexes with their tables
 * @param limit the maximum number of problems
 */
export const integrityQuery = (kind: "libsql" | "local D1" | "remote D1", limit: number): string =>
  `pragma ${kind === "libsql" ? "integrity_check" : "quick_check"}(${limit})`;

/** Limits a query of `id` and `detail`, and adds the number of all rows as `total`. */
export const limitQuery = (sql: string, limit: number): string =>
  `select id, detail, count(*) over () as total from (${sql}) limit ${limit}`;
