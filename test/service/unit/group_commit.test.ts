import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/db/engine/driver.ts";
import { exchangeGroup } from "../../../src/db/engine/exchange.ts";
import { Failure, Group } from "../../../src/db/engine/group.ts";
import { pendingBatches } from "./pending_batches.ts";
import { comparable, constraint, GIVEN, operation, runAlone, TOO_MANY, tables } from "./worlds.ts";

const LIMITS_OF_GROUP = {
  batches: 10,
  statements: 100,
  characters: 500_000,
  resultBytes: 100_000,
  sharesResults: false,
};

/** Runs operations in groups, and returns their results. */
async function runInGroups(batches: readonly Batch<unknown>[]): Promise<unknown[]> {
  const pending = pendingBatches(batches);
  const results: unknown[] = [];
  while (results.length < pending.length) {
    const [leader, ...others] = pending.slice(results.length);
    if (leader === undefined) break;
    const group = new Group(LIMITS_OF_GROUP, leader);
    for (const other of others) if (!group.add(other)) break;
    const exchanged = await exchangeGroup(group);
    for (const batch of group.batches) {
      const result = exchanged.get(batch);
      if (result === undefined) throw new Error("an operation has no result");
      const read = batches[results.length]?.read;
      results.push(result instanceof Failure ? constraint(result.error) : read?.(result.rows));
    }
  }
  return results;
}

const currentMinute = (): number => Math.floor(Date.now() / 60_000);

describe("operations that commit together", () => {
  it("have the results and the effects of the same operations one by one", { timeout: 120_000 }, async () => {
    let worlds = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 4),
        fc.array(operation, { minLength: 2, maxLength: 24 }),
        async (perMinute, random) => {
          const operations = [...GIVEN, ...random];
          const grouped = { name: `grouped-${worlds}`, perMinute, maxAttempts: 2 };
          const sequential = { ...grouped, name: `sequential-${worlds++}` };
          const minute = currentMinute();
          const together = await runInGroups(operations.map((make) => make(grouped)));
          const oneByOne: unknown[] = [];
          for (const make of operations) oneByOne.push(await runAlone(make(sequential)));
          // The rate of creates is counted by the minute.
          fc.pre(currentMinute() === minute);
          expect(comparable(together, grouped.name)).toEqual(comparable(oneByOne, sequential.name));
          expect(await tables(grouped.name)).toEqual(await tables(sequential.name));
        },
      ),
      { numRuns: 100, examples: [[4, TOO_MANY]] },
    );
  });
});
