import { ENUMERATIONS } from "../../../../src/cli/fsck/enumerations.ts";
import { EVENT_INVARIANTS } from "../../../../src/cli/fsck/event_invariants.sql.ts";
import { INVARIANTS } from "../../../../src/cli/fsck/invariants.sql.ts";
import { TYPE_INVARIANTS } from "../../../../src/cli/fsck/type_invariants.sql.ts";
import { valueInvariants } from "../../../../src/cli/fsck/values.sql.ts";
import { rowsOf, TABLES as TABLE_NAMES } from "../../../../src/host/memory_database.sql.ts";
import { parseTables } from "../../faults/history/read_tables.ts";
import type { Tables } from "../../faults/history/tables.ts";
import type { Profile } from "../profile.ts";
import type { Store } from "../store.ts";
import { rulesOf } from "./rules.sql.ts";
import { TABLES } from "./tables.sql.ts";

const ALL_INVARIANTS = [
  ...valueInvariants(ENUMERATIONS),
  ...INVARIANTS,
  ...EVENT_INVARIANTS,
  ...TYPE_INVARIANTS,
];

/**
 * Returns the findings of `fsck`.
 *
 * @param changed the volume whose status an admin changes, which may be noticed
 */
export async function databaseViolations(store: Store, changed: string, now: number): Promise<string[]> {
  const violations: string[] = [];
  for (const { title, kind, sql } of ALL_INVARIANTS) {
    for (const row of await store.query(sql, now)) {
      const finding = `${row[0]}: ${row[1]}`;
      if (kind === "violation" || !finding.includes(changed)) violations.push(`fsck: ${title}: ${finding}`);
    }
  }
  return violations;
}

/** Returns what breaks the rules of a simulation. */
export async function ruleViolations(store: Store, profile: Profile, now: number): Promise<string[]> {
  const violations: string[] = [];
  for (const { title, sql } of rulesOf(profile)) {
    for (const row of await store.query(sql, now)) violations.push(`rule: ${title}: ${row[0]}: ${row[1]}`);
  }
  return violations;
}

/** Reads everything that the checker of the history needs. */
export async function readTables(store: Store, now: number): Promise<Tables> {
  const tables: object[][] = [];
  for (const { sql, columns } of TABLES) {
    const rows = await store.query(sql, now);
    tables.push(rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))));
  }
  return parseTables(tables);
}

/** Returns all rows of all tables, as text. */
export async function dump(store: Store, now: number): Promise<string> {
  const lines: string[] = [];
  for (const [table] of (await store.query(TABLE_NAMES.sql, now)).map((row) => Array.from(row, String))) {
    if (table === undefined) continue;
    for (const row of await store.query(rowsOf(table).sql, now))
      lines.push(`${table} ${JSON.stringify(row)}`);
  }
  return lines.join("\n");
}
