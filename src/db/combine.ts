import { type Column, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Row, Statement } from "./driver.ts";

// A database compiles each statement anew, which takes longer than to run it. So batches of one kind that are in the
// same group can be combined: each statement is sent once, and runs for a table of the requests' values.

/** How batches of a kind combine. */
export interface CombineRules<Values, Result> {
  /** The names of the values that all requests of a configuration share. */
  readonly shared: readonly (keyof Values & string)[];
  /**
   * The name of the id of what the batch changes. Batches with the same id do not combine: the second must see what
   * the first has done. The rows that a combined statement returns begin with the id (`member`).
   */
  readonly key: keyof Values & string;
  /** Returns whether a batch was refused for no reason of its own: it then runs again, alone. */
  readonly isUndecided?: (result: Result) => boolean;
}

/** What a kind of batch becomes if several requests are combined. */
export interface CombinedForm {
  /**
   * Makes the statements.
   *
   * @param values contains the shared values
   * @param inputs a JSON list with the input of each request
   */
  readonly statements: (values: object, inputs: string) => readonly Statement[];
}

/** How a request can be combined with others of the same form and the same shared values. */
export interface Combination {
  readonly form: CombinedForm;
  readonly values: object;
  /** The shared values, as JSON. */
  readonly shared: string;
  /** The values of this request, as a JSON list. */
  readonly input: string;
  /** The id of what the request changes. */
  readonly key: string;
}

/** A combination, and what it results in. */
export interface Combinable<Result> extends Combination {
  /** Reads the rows of the request; undefined if it was refused for no reason of its own and has to run alone. */
  readonly read: (rows: readonly (readonly Row[])[]) => Result | undefined;
}

/** What is inside of a JSON string, and SQLite would not read as the database's client writes it: NUL, and half of a surrogate pair. */
const UNREADABLE = /\\u(?:0000|d[89a-f])/;

/** @returns undefined if the values do not survive the way through JSON */
export function combination<Values extends object>(
  form: CombinedForm,
  { shared, key }: Pick<CombineRules<Values, never>, "shared" | "key">,
  names: readonly string[],
  values: Values,
): Combination | undefined {
  const entries = new Map<string, unknown>(Object.entries(values));
  const input = JSON.stringify(names.map((name) => entries.get(name)));
  if (UNREADABLE.test(input)) return undefined;
  const sharedValues = JSON.stringify(shared.map((name) => values[name]));
  return { form, values, shared: sharedValues, input, key: String(values[key]) };
}

/** The name of the placeholder of the inputs. */
export const INPUTS = "inputs";

/** Makes the table of the requests: `value` is the input of one, a list, and `key` is its place. */
export const inputsTable = (inputs: Placeholder): SQL => sql`json_each(${inputs}) as input`;

/** The place of a request among those that are combined. */
export const position = sql<number>`input.key`;

/** Makes the expression of a value of a request from its place in the input. */
export const inputOf = (place: number): SQL => sql.raw(`input.value ->> ${place}`);

/** The table of the requests; undefined in a batch of one request. */
export interface Inputs {
  readonly inputs: SQL | undefined;
}

/** Makes what the rows of an `insert` are selected from: a table, once for each request. */
export const forEachInput = (params: Inputs | undefined, table: SQLiteTable): SQL =>
  // `cross join`, so that SQLite goes through the requests and looks the rows up.
  params?.inputs === undefined ? sql`${table}` : sql`${params.inputs} cross join ${table}`;

/** Lets a `select` run for each request. */
export function selectForEachInput<Select extends { innerJoin(table: SQL, on: SQL): unknown }>(
  { inputs }: Inputs,
  select: Select,
): Select {
  if (inputs !== undefined) select.innerJoin(inputs, sql`true`);
  return select;
}

/** Lets an `update` run for each request. */
export function updateForEachInput<Update extends { from(table: SQL): unknown }>(
  { inputs }: Inputs,
  update: Update,
): Update {
  if (inputs !== undefined) update.from(inputs);
  return update;
}

/** Makes the first column of the rows that a combined statement returns, by which each request gets its own. */
export const member = (params: Inputs, key: Column | SQL): Readonly<Record<never, never>> =>
  ifCombined(params, { member: sql`${key}`.as("member") });

/** Adds columns to those of a combined `select`. */
export const ifCombined = (
  { inputs }: Inputs,
  columns: Readonly<Record<string, SQL.Aliased>>,
): Readonly<Record<never, never>> => (inputs === undefined ? {} : columns);
