import { type Column, type SQL, sql } from "drizzle-orm";
import { transfers } from "../../../db/schema/index.ts";

/** The columns of volumes and snapshots that follow Cinder, each with the name of its field there. */
export const COMMON_FIELDS = {
  user_id: "user_id",
  display_name: "name",
  display_description: "description",
  status: "status",
  metadata: "metadata",
  created_at: "created_at",
  updated_at: "updated_at",
} as const;

/** The values of a row that are JSON. */
export interface JsonValues {
  readonly metadata: string;
  /** The fields that Cinder shows, and those that only an earlier import saw. */
  readonly imported_fields: string;
}

/** The values of a new row that volumes and snapshots read from the same fields. */
export const importedValues = () => ({
  id: itemValue("id"),
  project_id: itemValue("project_id"),
  imported_project_id: itemValue("project_id"),
  imported_fields: itemValue("imported_fields"),
});

/**
 * The values of an existing row that an import changes.
 *
 * @param table the name of the table
 * @param fields the columns that follow Cinder
 */
export function changedValues<Fields extends typeof COMMON_FIELDS>(table: string, fields: Fields) {
  const changed: Record<keyof Fields, SQL> & Record<"user_id", SQL> = mapFields(fields, (column, field) =>
    changedInCinder(table, column, field),
  );
  // Protects a handover that was made here.
  const unlessHandedOver = (value: SQL, column: string) =>
    sql`case when ${hasImportedOwner(table)} then ${value} else ${sql.raw(`${table}.${column}`)} end`;
  return {
    ...changed,
    project_id: unlessHandedOver(sql`excluded.project_id`, "project_id"),
    user_id: unlessHandedOver(changed.user_id, "user_id"),
    imported_project_id: sql`excluded.imported_project_id`,
    imported_fields: sql`excluded.imported_fields`,
  };
}

/** The condition that no transfer here has handed a row of a table over since the last import. */
export const hasImportedOwner = (table: string): SQL =>
  sql.raw(`${table}.project_id = ${table}.imported_project_id`);

/** The table of the rows of a batch, which are objects in a list in JSON. */
export const items = (json: string): SQL => sql`json_each(${json}) as item`;

/** A value of a row of `items`. */
export const itemValue = (name: string): SQL => sql`item.value ->> ${quoted(name)}`;

/** The condition that a column has one of the values in a list in JSON. */
export const isOneOf = (column: Column, json: string): SQL =>
  sql`${column} in (select value from json_each(${json}))`;

/** The condition that a volume has an open transfer, whose content must not change. */
export const hasOpenTransfer = (volume_id: SQL): SQL =>
  sql`exists (select 1 from ${transfers} as transfer where transfer.volume_id = ${volume_id} and transfer.deleted_at is null)`;

/**
 * The value of a column of a row that exists: the new one if Cinder shows another than at the last import. What was
 * changed here and not there remains.
 *
 * @param table the name of the table, which has `imported_fields`
 * @param field the name of the field in `imported_fields` that the column is from
 */
const changedInCinder = (table: string, column: string, field: string): SQL => {
  const [{ raw }, name] = [sql, quoted(field)];
  return sql`case when excluded.imported_fields -> ${name} is not ${raw(table)}.imported_fields -> ${name}
    then excluded.${raw(column)} else ${raw(table)}.${raw(column)} end`;
};

/** Makes an expression for each of some columns from the name of its field in Cinder. */
export const mapFields = <Fields extends Readonly<Record<string, string>>>(
  fields: Fields,
  expression: (column: string, field: string) => SQL,
): Record<keyof Fields, SQL> =>
  // Object.fromEntries forgets its keys.
  Object.fromEntries(
    Object.entries(fields).map(([column, field]) => [column, expression(column, field)]),
  ) as Record<keyof Fields, SQL>;

/** A text that is part of the source, as SQL. */
const quoted = (text: string): SQL => sql.raw(`'${text}'`);
