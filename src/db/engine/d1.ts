import type { Driver } from "./driver.ts";

/** Connects to a D1 database, or to a session of one. D1 runs one transaction at a time, whatever its mode. */
export const d1Driver = (db: Pick<D1Database, "prepare" | "batch">): Driver => ({
  async run(statements) {
    const [first, ...rest] = statements.map(({ sql, params }) => db.prepare(sql).bind(...params));
    if (first === undefined) return [];
    if (rest.length === 0) return [await first.raw()];
    const results = await db.batch<Record<string, unknown>>([first, ...rest]);
    return results.map(({ results }) => results.map(Object.values));
  },
});
