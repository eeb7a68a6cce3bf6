import { getTableConfig, type SQLiteColumn, type SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Invariant } from "./invariants.sql.ts";
import { TABLES } from "./structure.sql.ts";

/** The last millisecond of the year 9999: the year of a later time has more than four digits. */
const LAST_TIME = 253_402_300_799_999;

type Enumerations = Readonly<Record<string, readonly string[]>>;

/** A rule for single values. */
interface Rule {
  readonly title: string;
  /** Returns the condition of a value that breaks the rule; undefined if the rule is not about the column. */
  readonly broken: (column: SQLiteColumn) => string | undefined;
}

const quoted = (values: readonly string[]): string =>
  values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ");

const RULES: readonly Rule[] = [
  {
    title: "value of the wrong type",
    broken(column) {
      // The database itself refuses other types in an INTEGER PRIMARY KEY.
      if (column.name === "seq") return undefined;
      const types = [column.getSQLType(), ...(column.notNull ? [] : ["null"])];
      return `typeof("${column.name}") not in (${quoted(types)})`;
    },
  },
  {
    title: "time that is out of range",
    broken: ({ name }) =>
      name.endsWith("_at")
        ? `typeof("${name}") = 'integer' and "${name}" not between 0 and ${LAST_TIME}`
        : undefined,
  },
  {
    title: "limit below -1",
    broken: ({ name }) => (name.endsWith("_limit") ? `"${name}" < -1` : undefined),
  },
  {
    title: "progress that is not a percentage",
    broken: ({ name }) =>
      name === "progress"
        ? `"${name}" <> '100%' and "${name}" not glob '[0-9]%' and "${name}" not glob '[0-9][0-9]%'`
        : undefined,
  },
  {
    title: "metadata that is not an object of texts",
    broken: ({ name }) =>
      name === "metadata"
        ? `case when not json_valid("${name}") then 1 when json_type("${name}") <> 'object' then 1
           else exists (select 1 from json_each("${name}") where type <> 'text') end`
        : undefined,
  },
];

/** Returns the rule that a column has one of some values. */
const knownValues = (enumerations: Enumerations): Rule => ({
  title: "unknown value",
  broken(column) {
    const values = enumerations[`${getTableConfig(column.table).name}.${column.name}`];
    return values && `"${column.name}" not in (${quoted(values)})`;
  },
});

/**
 * Returns the rules for single values as invariants, one for each table: D1 limits the terms of a `union all`.
 *
 * @param enumerations the values that a column can have, by `table.column`
 */
export const valueInvariants = (enumerations: Enumerations): Invariant[] =>
  [...RULES, knownValues(enumerations)].flatMap(({ title, broken }) =>
    TABLES.flatMap((table): Invariant[] => {
      const { name, columns } = getTableConfig(table);
      const details = columns.flatMap((column) => {
        const condition = broken(column);
        return condition === undefined ? [] : [`case when ${condition} then ${describe(column)} else '' end`];
      });
      if (details.length === 0) return [];
      const sql = `select ${keyOf(table)} as id, trim(broken) as detail
      from (select *, ${details.join(" || ")} as broken from ${name}) where broken <> ''`;
      return [{ title: `${title} in ${name}`, kind: "violation", sql }];
    }),
  );

/** Returns an expression for a column's name, its value, shortened, and the type of the value. */
function describe({ name }: SQLiteColumn): string {
  return `' ${name} ' || quote(substr("${name}", 1, 100)) || ' (' || typeof("${name}") || ')'`;
}

/** Returns an expression for the id of a row, or for its primary key. */
function keyOf(table: SQLiteTable): string {
  const { columns, primaryKeys } = getTableConfig(table);
  const key =
    columns.filter(({ name }) => name === "id").at(0) ?? columns.filter(({ primary }) => primary).at(0);
  const keys = key === undefined ? (primaryKeys[0]?.columns ?? []) : [key];
  return keys.map(({ name }) => `coalesce(cast("${name}" as text), 'null')`).join(" || ', ' || ");
}
