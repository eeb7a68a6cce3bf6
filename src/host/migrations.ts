import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod/mini";
import type { Driver } from "../db/engine/driver.ts";
import { CREATE_MIGRATIONS, NEWEST_MIGRATION, recordMigration } from "./migrations.sql.ts";

const journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

const BREAKPOINT = "--> statement-breakpoint";

/** A migration, as drizzle-kit has generated it. */
export interface Migration {
  /** Its name. */
  readonly tag: string;
  /** When it was generated, milliseconds since the epoch. Drizzle compares it. */
  readonly when: number;
  readonly hash: string;
  readonly statements: readonly string[];
}

/**
 * Reads the migrations, in order.
 *
 * @param folder the folder of the migrations, `drizzle`
 */
export function readMigrations(folder: string): Migration[] {
  const { entries } = journal.parse(
    JSON.parse(readFileSync(path.join(folder, "meta/_journal.json"), "utf8")),
  );
  return entries.map(({ tag, when }) => {
    const text = readFileSync(path.join(folder, `${tag}.sql`), "utf8");
    const hash = createHash("sha256").update(text).digest("hex");
    return { tag, when, hash, statements: text.split(BREAKPOINT) };
  });
}

/**
 * Applies the pending migrations in one transaction, as Drizzle does, and records them where Drizzle records them.
 *
 * @param folder the folder of the migrations, `drizzle`
 * @param begin receives the names of those that are about to be applied
 * @throws the error of a migration; none is applied then
 */
export async function applyMigrations(
  driver: Driver,
  folder: string,
  begin: (names: readonly string[]) => void = () => {},
): Promise<void> {
  const [, newest] = await driver.run([CREATE_MIGRATIONS, NEWEST_MIGRATION], "write");
  const applied = Number(newest?.[0]?.[0] ?? Number.NEGATIVE_INFINITY);
  const pending = readMigrations(folder).filter(({ when }) => when > applied);
  const all = pending.flatMap(({ statements, hash, when }) => [
    ...statements.map((sql) => ({ sql, params: [] })),
    recordMigration(hash, when),
  ]);
  begin(pending.map(({ tag }) => tag));
  if (all.length > 0) await driver.run(all, "write");
}
