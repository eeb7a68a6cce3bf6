import { and, eq, notExists, or, sql } from "drizzle-orm";
import { build, once } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { quotas } from "../db/schema.ts";
import { LIMITED, type Limits, limitColumns } from "./usage.sql.ts";

/** A project's limits (null is the default) and usage, over all types or of one. */
export type QuotaRow = typeof quotas.$inferSelect;

/** What a project has of its own: a row over all types and one for each type it uses, where there are any. */
export async function getQuotaRows(db: Database, project_id: string): Promise<QuotaRow[]> {
  const [rows] = await db.read(once(build.select().from(quotas).where(eq(quotas.project_id, project_id))));
  return rows;
}

/** Limits to set, over all types or of one. */
export interface LimitsOfType {
  readonly volume_type: string;
  readonly limits: Limits;
}

/**
 * Sets limits of a project, or none of them.
 *
 * @returns the project's rows as they were, and those that were set; none where a limit was below the usage
 */
export async function updateLimits(
  db: Database,
  project_id: string,
  changes: readonly LimitsOfType[],
): Promise<{ readonly before: QuotaRow[]; readonly updated: QuotaRow[] }> {
  const rows = build.select().from(quotas).where(eq(quotas.project_id, project_id));
  const tooLow = changes.flatMap(({ volume_type, limits }) =>
    (["volumes", "gigabytes", "snapshots"] as const).map((name) => {
      const limit = limits[name] ?? null;
      // As in Cinder, only a limit that replaces another is measured by the usage.
      return sql`(${quotas.volume_type} = ${volume_type} and ${quotas[`${name}_limit`]} <> ${limit}
        and ${limit} >= 0 and ${limit} < ${quotas[`${name}_in_use`]})`;
    }),
  );
  const allowed = notExists(
    build
      .select({ one: sql`1` })
      .from(quotas)
      .where(and(eq(quotas.project_id, project_id), or(...tooLow))),
  );
  const updates = changes.map(({ volume_type, limits }) =>
    build
      .insert(quotas)
      .select(
        build
          .select({
            project_id: sql<string>`${project_id}`.as("project_id"),
            volume_type: sql<string>`${volume_type}`.as("volume_type"),
            ...limitColumns(limits),
            volumes_in_use: sql<number>`0`.as("volumes_in_use"),
            gigabytes_in_use: sql<number>`0`.as("gigabytes_in_use"),
            snapshots_in_use: sql<number>`0`.as("snapshots_in_use"),
          })
          .from(sql`(select 1)`)
          .where(allowed),
      )
      .onConflictDoUpdate({
        target: [quotas.project_id, quotas.volume_type],
        set: Object.fromEntries(
          LIMITED.filter((name) => limits[name] !== undefined).map((name) => [
            `${name}_limit`,
            sql.raw(`excluded.${name}_limit`),
          ]),
        ),
      })
      .returning(),
  );
  const [before, ...updated] = await db.write(once(rows, ...updates));
  return { before, updated: updated.flat() };
}

/** Gives a project the default limits again. */
export async function deleteLimits(db: Database, project_id: string): Promise<void> {
  const none = Object.fromEntries(LIMITED.map((name) => [`${name}_limit`, null]));
  await db.write(once(build.update(quotas).set(none).where(eq(quotas.project_id, project_id))));
}
