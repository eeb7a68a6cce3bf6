import { and, type SQL, type Subquery, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * The guards of an operation by the refusal that each leads to, in the order in which they are reported. One that is
 * undefined does not apply; at least one does.
 */
export type Guards<Refusal extends string> = Readonly<Record<Refusal, SQL | undefined>>;

/**
 * Makes the condition that all guards hold.
 *
 * @example
 * const guards = { not_available: eq(volumes.status, "available"), over_quota: room };
 * queryBuilder.delete(volumes).where(allHold(guards));
 * queryBuilder.select({ refusal: firstRefusal(guards).as("refusal") }).from(volumes);
 */
export const allHold = (guards: Guards<string>): SQL | undefined => and(...Object.values(guards));

/** Makes the expression of the first refusal whose guard does not hold, by its name; null if all hold. */
export function firstRefusal<Refusal extends string>(guards: Guards<Refusal>): SQL<Refusal | null> {
  const cases = Object.entries<SQL | undefined>(guards).map(([refusal, guard]) =>
    // A guard that is null does not hold either.
    guard === undefined ? sql`` : sql` when (${guard}) is not true then ${sql.raw(`'${refusal}'`)}`,
  );
  return sql<Refusal | null>`case${sql.join(cases)} end`;
}

/**
 * Makes the condition that a table or subquery has a row for which all conditions hold.
 *
 * @example
 * queryBuilder.delete(volumes).where(not(hasRow(snapshots, eq(snapshots.volume_id, volumes.id))));
 */
export const hasRow = (from: SQLiteTable | Subquery, ...conditions: readonly (SQL | undefined)[]): SQL =>
  sql`exists (select 1 from ${from} where ${and(...conditions)})`;
