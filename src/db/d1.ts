import type { Server } from "./driver.ts";

/**
 * A D1 database, or a session of one. It runs one transaction at a time, so that it makes no difference to it
 * which of them write.
 */
export const d1Server = (db: Pick<D1Database, "prepare" | "batch">): Server => ({
  async run(statements) {
    const [first, ...rest] = statements.map(({ sql, params }) => db.prepare(sql).bind(...params));
    if (first === undefined) return [];
    if (rest.length === 0) return [await first.raw()];
    const answers = await db.batch<Record<string, unknown>>([first, ...rest]);
    return answers.map(({ results }) => results.map(Object.values));
  },
});
