import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The exchanges that must not be committed any more: their answers were lost, and the requests were told what has
 * happened. Rows are a day old at most when the next one is added. See `db/engine/fence.ts`.
 */
export const fences = sqliteTable("fences", { exchange_id: text().primaryKey() });
