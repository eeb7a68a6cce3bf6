import { closeSync, fsyncSync, linkSync, openSync } from "node:fs";
import path from "node:path";
import Database from "libsql";
import * as z from "zod";
import { assertEmpty } from "../database/empty_database.ts";
import { parseNames, type Row } from "../database/read_database.ts";
import { countQuery, dropStatement, TABLES_QUERY } from "../database/tables.sql.ts";
import { parseDefinitions } from "./definitions.ts";
import { ATTACH, BEGIN, COMMIT, copyRows, RESTORED_DEFINITIONS } from "./publish_file.sql.ts";

/** The time that the copy waits for the writers of a service, milliseconds. */
const BUSY_TIMEOUT_MS = 30_000;

/**
 * Gives a restored database its place: as the file, or, if there is an empty database already, which a service may have
 * open, as a copy in one transaction.
 *
 * @param restored in the same folder
 * @throws CliError if the database is not empty; Error if it cannot be written to. It is unchanged then.
 */
export function publishToFile(restored: string, file: string): void {
  sync(restored);
  try {
    linkSync(restored, file);
    sync(path.dirname(file));
  } catch {
    // The file exists, or the file system has no links.
    copyInto(restored, file);
  }
}

/** Waits until a file, or the entries of a folder, are on disk. */
function sync(file: string): void {
  const handle = openSync(file, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function copyInto(restored: string, file: string): void {
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  const all = (sql: string): Row[] =>
    z.array(z.record(z.string(), z.unknown())).parse(database.prepare(sql).all());
  try {
    database.prepare(ATTACH).run(restored);
    database.exec(BEGIN);
    const old = parseNames(all(TABLES_QUERY));
    if (old.length > 0) assertEmpty(all(countQuery(old))[0] ?? {});
    for (const table of old) database.exec(dropStatement(table));
    const rows = all(RESTORED_DEFINITIONS);
    for (const { sql } of z.array(z.object({ sql: z.string() })).parse(rows)) database.exec(sql);
    for (const { name } of parseDefinitions(rows, parseNames(rows)).tables) database.exec(copyRows(name));
    database.exec(COMMIT);
  } finally {
    // Without the commit nothing of it remains.
    database.close();
  }
}
