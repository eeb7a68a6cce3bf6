import { and, eq, notExists, or, sql } from "drizzle-orm";
import { batch, queryBuilder } from "../db/batch.ts";
import { selectRow } from "../db/insert.ts";
import { quotas } from "../db/schema.ts";

/** A project's limits (null for the default) and usage, over all types or of one. */
export type QuotaRow = typeof quotas.$inferSelect;

/** The limits that a project can have of its own. Gigabytes are GiB. */
export const LIMITED = [
  "volumes",
  "gigabytes",
  "snapshots",
  "per_volume_gigabytes",
  "backups",
  "backup_gigabytes",
  "groups",
] as const;
/** Limits to set; -1 for no limit. */
export type Limits = Partial<Record<(typeof LIMITED)[number], number>>;

/** Limits to set, over all types or of one. */
export interface LimitsOfType {
  readonly volume_type: string;
  readonly limits: Limits;
}

const rowsOf = (project_id: string) =>
  queryBuilder.select().from(quotas).where(eq(quotas.project_id, project_id));

/** Reads a project's rows: one over all types and one for each type it uses, if it has any. */
export const showStatements = (project_id: string) => batch({ rows: rowsOf(project_id) });

/**
 * Sets limits of a project, all or none.
 *
 * @returns the project's rows before the change, and the rows that were set: none if a limit is below the usage
 */
export function updateStatements(project_id: string, changes: readonly LimitsOfType[]) {
  const tooLow = changes.flatMap(({ volume_type, limits }) =>
    (["volumes", "gigabytes", "snapshots"] as const).map((name) => {
      const limit = limits[name] ?? null;
      // As in Cinder, only a limit that replaces another is compared with the usage.
      return sql`(${quotas.volume_type} = ${volume_type} and ${quotas[`${name}_limit`]} <> ${limit}
        and ${limit} >= 0 and ${limit} < ${quotas[`${name}_in_use`]})`;
    }),
  );
  const allowed = notExists(
    queryBuilder
      .select({ one: sql`1` })
      .from(quotas)
      .where(and(eq(quotas.project_id, project_id), or(...tooLow))),
  );
  return batch({
    before: rowsOf(project_id),
    updated: changes.map(({ volume_type, limits }) => {
      const given = LIMITED.filter((name) => limits[name] !== undefined);
      const row = {
        project_id: sql`${project_id}`,
        volume_type: sql`${volume_type}`,
        ...Object.fromEntries(given.map((name) => [`${name}_limit`, sql`${limits[name]}`])),
      };
      return queryBuilder
        .insert(quotas)
        .select(selectRow(quotas, row, { where: allowed }))
        .onConflictDoUpdate({
          target: [quotas.project_id, quotas.volume_type],
          set: Object.fromEntries(given.map((name) => [`${name}_limit`, sql.raw(`excluded.${name}_limit`)])),
        })
        .returning();
    }),
  });
}

/** Removes the limits of a project, which then has the default limits. */
export function deleteStatements(project_id: string) {
  const none = Object.fromEntries(LIMITED.map((name) => [`${name}_limit`, null]));
  return batch({
    updated: queryBuilder.update(quotas).set(none).where(eq(quotas.project_id, project_id)),
  });
}
