import { type Column, eq, type SQL, sql } from "drizzle-orm";
import { SECRET_CHECK, settings } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";

/**
 * Stores the check of the secret, if the database has none or that of the previous secret. Otherwise it changes
 * nothing.
 */
export function storeSecretCheck(check: SQL, previous: SQL | undefined) {
  const insert = queryBuilder
    .insert(settings)
    .select(selectRow(settings, { name: sql`${SECRET_CHECK}`, value: check }, { where: undefined }));
  if (previous === undefined) return insert.onConflictDoNothing();
  return insert.onConflictDoUpdate({
    target: settings.name,
    set: { value: sql.raw("excluded.value") },
    setWhere: sql`${settings.value} = ${previous}`,
  });
}

/**
 * Makes the condition that the database's transfers were created under the secret, or under the one before it if there
 * is one. Those of a database without a check have no secret yet.
 */
export const secretMatches = (check: SQL, previous?: SQL): SQL<number> =>
  sql<number>`not exists (select 1 from ${settings} where ${settings.name} = ${SECRET_CHECK}
    and not ${isOneOf(settings.value, check, previous)})`;

/** Makes the condition that a column has the value, or the one before it if there is one. */
export const isOneOf = (column: Column, present: SQL, previous: SQL | undefined): SQL =>
  previous === undefined ? sql`(${column} = ${present})` : sql`${column} in (${present}, ${previous})`;

/** Stores the check of the secret, and reads the check that the database has then. */
export const checkSecretStatements = (check: string, previous: string | undefined) =>
  batch({
    stored: storeSecretCheck(sql`${check}`, previous === undefined ? undefined : sql`${previous}`),
    check: queryBuilder
      .select({ value: settings.value })
      .from(settings)
      .where(eq(settings.name, SECRET_CHECK)),
  });
