import { env } from "cloudflare:test";
import { type SQL, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { d1Driver } from "../../../src/db/engine/d1.ts";
import { batch, queryBuilder } from "../../../src/db/statements/batch.ts";
import { allHold, firstRefusal } from "../../../src/db/statements/guards.ts";

/** Returns whether all guards hold, and the first refusal. */
async function evaluate(first: SQL | undefined, second: SQL | undefined) {
  const guards = { first, second };
  const { statements, read } = batch({
    seen: queryBuilder
      .select({
        holds: sql<number>`(${allHold(guards)}) is true`.as("holds"),
        refusal: firstRefusal(guards).as("refusal"),
      })
      .from(sql`(select 1)`),
  });
  const {
    seen: [seen],
  } = read(await d1Driver(env.DB).run(statements, "read"));
  return seen && { holds: seen.holds === 1, refusal: seen.refusal };
}

const [yes, no, unknown] = [sql`1 = 1`, sql`1 = 2`, sql`null = 1`];

describe("the guards of an operation", () => {
  it.each([
    ["all hold", yes, yes, null],
    ["the second does not hold", yes, no, "second"],
    ["neither holds: the first is reported", no, no, "first"],
    ["one is null: it does not hold", yes, unknown, "second"],
    ["one is left out: it holds", undefined, no, "second"],
  ])("report the first refusal if %s", async (_, first, second, refusal) => {
    expect(await evaluate(first, second)).toEqual({ holds: refusal === null, refusal });
  });
});
