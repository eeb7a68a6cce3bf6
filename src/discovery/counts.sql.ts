import { isNull, sql } from "drizzle-orm";
import type { Config } from "../config/config.ts";
import type { Database } from "../db/engine/database.ts";
import { transfers } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";

/** The time for which a result is valid, milliseconds: a count reads an index, and must not follow every scrape. */
const VALID_MS = 60_000;

const rows = sql<number>`count(*)`;
const statements = batch({
  openTransfers: queryBuilder.select({ rows }).from(transfers).where(isNull(transfers.deleted_at)),
});

/** The number of rows that wait for something. */
export interface Counts {
  /** Transfers that can be accepted, or have expired since the last sweep. */
  readonly openTransfers: number;
}
const known = new WeakMap<Config, { readonly at: number; readonly counts: Counts }>();

/**
 * Counts what waits in the database, at most once a minute.
 *
 * @returns undefined if the database does not answer
 */
export async function countWaiting(db: Database, config: Config): Promise<Counts | undefined> {
  const latest = known.get(config);
  const at = Date.now();
  if (latest !== undefined && at - latest.at < VALID_MS) return latest.counts;
  try {
    const { openTransfers } = await db.read(statements);
    const counts = { openTransfers: openTransfers[0]?.rows ?? 0 };
    known.set(config, { at, counts });
    return counts;
  } catch {
    return undefined;
  }
}
