import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Database from "libsql";
import * as z from "zod";
import { isStagingTable } from "../backup/staging.sql.ts";
import type { Row } from "../database/read_database.ts";
import { commandLine, packageFolder } from "../settings/settings.ts";
import { type Finding, finding } from "./report.ts";
import { SCHEMA_QUERY } from "./structure.sql.ts";

const schemaRow = z.object({ type: z.string(), name: z.string(), tbl_name: z.string(), sql: z.string() });
type SchemaObject = z.output<typeof schemaRow>;

/** Parses the result of `SCHEMA_QUERY`. */
export const parseSchema = (rows: readonly Row[]): SchemaObject[] => z.array(schemaRow).parse(rows);

/** Returns the tables, indexes and triggers that the migrations make of an empty database. */
export function migratedSchema(): SchemaObject[] {
  const database = new Database(":memory:");
  const folder = path.join(packageFolder, "drizzle");
  try {
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith(".sql"))
      .sort()) {
      database.exec(readFileSync(path.join(folder, file), "utf8"));
    }
    return parseSchema(
      z.array(z.record(z.string(), z.unknown())).parse(database.prepare(SCHEMA_QUERY).all()),
    );
  } finally {
    database.close();
  }
}

/**
 * Compares the objects of a database with those that the migrations make.
 *
 * @param actual the objects of a database that has all tables
 */
export function compareSchema(actual: readonly SchemaObject[], expected: readonly SchemaObject[]): Finding[] {
  const find = (objects: readonly SchemaObject[], { type, name }: SchemaObject) =>
    objects.find((object) => object.type === type && object.name === name);
  const changed = expected.flatMap((object) => {
    const found = find(actual, object);
    const id = `${object.type} ${object.name}`;
    if (found === undefined) return [{ id, detail: "missing" }];
    return normalize(found.sql) === normalize(object.sql) ? [] : [{ id, detail: oneLine(found.sql) }];
  });
  const tables = new Set(expected.map(({ tbl_name }) => tbl_name));
  const added = actual
    .filter((object) => tables.has(object.tbl_name) && find(expected, object) === undefined)
    .map(({ type, name, sql }) => ({ id: `${type} ${name}`, detail: oneLine(sql) }));
  const unfinished = actual
    .filter(({ type, name }) => type === "table" && isStagingTable(name))
    .map(({ name }) => ({ id: `table ${name}`, detail: `run \`${commandLine("restore")}\` again` }));
  return [
    ...finding("table of an unfinished restore", "violation", unfinished),
    ...finding("definition that differs from the migrations", "violation", changed),
    ...finding("index or trigger that no migration makes", "notice", added),
  ];
}

const oneLine = (sql: string): string => sql.replace(/\s+/g, " ");

/** Removes the differences of definitions that mean the same: quotes, blanks and case. */
const normalize = (sql: string): string => sql.replace(/["`[\]\s]/g, "").toLowerCase();
