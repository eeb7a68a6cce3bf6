import { eq, or, sql } from "drizzle-orm";
import { ALL_TYPES, DEFAULT_CLASS, quotas, volumeTypes } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";

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
/** The resources whose usage is counted, over all types and by type. */
export const COUNTED = ["volumes", "gigabytes", "snapshots"] as const;
/** Limits to set; -1 for no limit. */
export type Limits = Partial<Record<(typeof LIMITED)[number], number>>;

/** Limits to set, over all types or of one. */
export interface LimitsOfType {
  /** The type's name; `ALL_TYPES` for the limits over all types. */
  readonly type: string;
  readonly limits: Limits;
}

const rowsOf = (project_id: string) =>
  queryBuilder.select().from(quotas).where(eq(quotas.project_id, project_id));

/** Selects the keys and names of all types. */
const types = queryBuilder
  .select({ key: volumeTypes.key, name: volumeTypes.name })
  .from(volumeTypes)
  .orderBy(volumeTypes.seq);

/** Reads a project's rows, one over all types and one for each type it uses, if it has any; the defaults; the types. */
export const showStatements = (project_id: string) =>
  batch({ rows: rowsOf(project_id), defaults: rowsOf(DEFAULT_CLASS), types });

/** Reads the rows of the quota class `default`, and the types, each of which has quotas. */
export const showDefaultStatements = () => batch({ defaults: rowsOf(DEFAULT_CLASS), types });

/**
 * Sets limits of a project, all or none.
 *
 * @param project_id a project, or `DEFAULT_CLASS` for the defaults of all
 * @returns the project's rows before the change, and the rows that were set: none if a limit is below the usage or of a
 *   type that does not exist
 */
export function updateStatements(project_id: string, changes: readonly LimitsOfType[]) {
  // As JSON: D1 limits the parameters of a statement, and a project may have limits of any number of types.
  const given = JSON.stringify(changes.map(({ type, limits }) => ({ type, ...limits })));
  const limit = (name: string) => sql.raw(`wanted.${name}_limit`);
  const wanted = sql`(select case given.type when ${ALL_TYPES} then ${ALL_TYPES} else ${volumeTypes.key} end
      as volume_type, given.* from (select json_extract(value, '$.type') as type, ${sql.join(
        LIMITED.map((name) => sql.raw(`json_extract(value, '$.${name}') as ${name}_limit`)),
        sql`, `,
      )} from json_each(${given})) as given
    left join ${volumeTypes} on ${volumeTypes.name} = given.type) as wanted`;
  // As in Cinder, only a limit that replaces another is compared with the usage.
  const tooLow = COUNTED.map(
    (name) => sql`(${quotas[`${name}_limit`]} <> ${limit(name)} and ${limit(name)} >= 0
      and ${limit(name)} < ${quotas[`${name}_in_use`]})`,
  );
  const allowed = sql`not exists (select 1 from ${wanted} where wanted.volume_type is null)
    and not exists (select 1 from ${wanted} inner join ${quotas} on ${quotas.project_id} = ${project_id}
      and ${quotas.volume_type} = wanted.volume_type where ${or(...tooLow)})`;
  const row = {
    project_id: sql`${project_id}`,
    volume_type: sql.raw("wanted.volume_type"),
    ...Object.fromEntries(LIMITED.map((name) => [`${name}_limit`, limit(name)])),
  };
  return batch({
    before: rowsOf(project_id),
    defaults: rowsOf(DEFAULT_CLASS),
    updated: queryBuilder
      .insert(quotas)
      .select(selectRow(quotas, row, { from: wanted, where: allowed }))
      .onConflictDoUpdate({
        target: [quotas.project_id, quotas.volume_type],
        set: Object.fromEntries(
          LIMITED.map((name) => [
            `${name}_limit`,
            sql.raw(`coalesce(excluded.${name}_limit, ${name}_limit)`),
          ]),
        ),
      })
      .returning(),
    types,
  });
}

/** Removes the limits of a project, which then has the default limits. */
export function deleteStatements(project_id: string) {
  const none = Object.fromEntries(LIMITED.map((name) => [`${name}_limit`, null]));
  return batch({
    updated: queryBuilder.update(quotas).set(none).where(eq(quotas.project_id, project_id)),
  });
}
