import type { Statement } from "../db/engine/driver.ts";

/** Creates Drizzle's table of the migrations that were applied. */
export const CREATE_MIGRATIONS: Statement = {
  sql: "CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)",
  params: [],
};

/** Reads when the newest migration was made that was applied. */
export const NEWEST_MIGRATION: Statement = {
  sql: "SELECT max(created_at) FROM __drizzle_migrations",
  params: [],
};

/** Records that a migration was applied. */
export const recordMigration = (hash: string, createdAt: number): Statement => ({
  sql: "INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?1, ?2)",
  params: [hash, createdAt],
});
