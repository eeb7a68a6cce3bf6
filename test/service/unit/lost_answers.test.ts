import { env } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { exchangeGroup } from "../../../src/db/engine/exchange.ts";
import { Failure, Group } from "../../../src/db/engine/group.ts";
import { FAULTS, type Fault, faultyConnection } from "./faulty_connection.ts";
import { pendingBatches } from "./pending_batches.ts";
import { comparable, constraint, GIVEN, runAlone, separateOperation, tables } from "./worlds.ts";

const LIMITS = {
  batches: 10,
  statements: 100,
  characters: 500_000,
  resultBytes: 100_000,
  sharesResults: false,
};

describe("operations whose answers are lost", () => {
  it("have the results and the effects of the same operations without a fault, and none twice", {
    timeout: 120_000,
  }, async () => {
    let worlds = 0;
    const faults = fc.array(fc.option(fc.constantFrom(...FAULTS), { nil: undefined }), { maxLength: 4 });
    // Batches that run again come after the others.
    const group = fc
      .subarray([0, 1, 2, 3], { minLength: 1 })
      .chain((transfers) => fc.record({ operations: fc.tuple(...transfers.map(separateOperation)), faults }));
    await fc.assert(
      fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 5 }), async (groups) => {
        const lossy = { name: `lossy-${worlds}`, perMinute: 1000, maxAttempts: 1000 };
        const sequential = { ...lossy, name: `faultless-${worlds++}` };
        for (const world of [lossy, sequential]) for (const make of GIVEN) await runAlone(make(world));
        const [results, expected]: [unknown[], unknown[]] = [[], []];
        for (const { operations, faults } of groups) {
          const batches = operations.map((make) => make(lossy));
          const { send, deliver } = faultyConnection(faults);
          const [leader, ...others] = pendingBatches(batches, send);
          if (leader === undefined) throw new Error("a group has a leader");
          const group = new Group(LIMITS, leader);
          for (const other of others) group.add(other);
          const outcomes = await exchangeGroup(group);
          await deliver();
          for (const [i, pending] of group.batches.entries()) {
            const outcome = outcomes.get(pending);
            if (outcome === undefined) throw new Error("an operation has no result");
            results.push(
              outcome instanceof Failure ? constraint(outcome.error) : batches[i]?.read(outcome.rows),
            );
          }
          for (const make of operations) expected.push(await runAlone(make(sequential)));
        }
        // The queries that only explain a refusal are not run again.
        expect(decisive(results, lossy.name)).toEqual(decisive(expected, sequential.name));
        expect(comparableTables(await tables(lossy.name))).toEqual(
          comparableTables(await tables(sequential.name)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("leave a fence only where one was lost", async () => {
    await env.DB.exec("delete from fences");
    const world = { name: "fences", perMinute: 1000, maxAttempts: 1000 };
    const count = () => env.DB.prepare("select count(*) from fences").first("count(*)");
    const runWith = async (faults: readonly Fault[], make = GIVEN[0]) => {
      const [leader] = pendingBatches(make === undefined ? [] : [make(world)], faultyConnection(faults).send);
      if (leader === undefined) throw new Error("a group has a leader");
      return exchangeGroup(new Group(LIMITS, leader));
    };
    await runWith([]);
    expect(await count()).toBe(0);
    await runWith(["answer lost"], GIVEN[1]);
    expect(await count()).toBe(1);
  });
});

const DECISIVE = ["created", "closed", "deleted", "rekeyed", "repeated", "acceptedBefore"];

/** The rows by which operations know that they have taken effect. */
const decisive = (results: readonly unknown[], world: string): unknown =>
  comparable(
    results.map((result) => {
      if (typeof result !== "object" || result === null) return result;
      const rows = Object.entries(result).filter(([name]) => DECISIVE.includes(name));
      return rows.find(([, found]) => Array.isArray(found) && found.length > 0)?.[1];
    }),
    world,
  );

const tablesOfRows = z.array(z.array(z.record(z.string(), z.unknown())));

/** The order of events of different volumes is another, and a wrong key whose answer is lost can count twice. */
const comparableTables = (value: unknown): unknown =>
  tablesOfRows
    .parse(value)
    .map((rows) =>
      rows
        .map(({ failed_attempts: _, ...row }) => row)
        .toSorted((a, b) => String(a.volume_id).localeCompare(String(b.volume_id))),
    );
