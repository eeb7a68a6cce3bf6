import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/db/engine/driver.ts";
import { exchangeGroup } from "../../../src/db/engine/exchange.ts";
import { Failure, Group, type GroupLimits } from "../../../src/db/engine/group.ts";
import { volumes } from "../../../src/db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../../src/db/statements/batch.ts";
import { pendingBatches } from "./pending_batches.ts";

/** Sets the name of a volume, and reads its status. */
const rename = prepareBatch(({ param }: Params<{ readonly id: string; readonly name: string }>) => ({
  renamed: queryBuilder
    .update(volumes)
    .set({ display_name: param("name") })
    .where(eq(volumes.id, param("id")))
    .returning({ name: volumes.display_name }),
  volume: queryBuilder
    .select({ status: volumes.status })
    .from(volumes)
    .where(eq(volumes.id, param("id"))),
}));

const readName = prepareBatch(({ param }: Params<{ readonly id: string }>) => ({
  volume: queryBuilder
    .select({ name: volumes.display_name })
    .from(volumes)
    .where(eq(volumes.id, param("id"))),
}));

const LIMITS: GroupLimits = {
  batches: 10,
  statements: 100,
  characters: 100_000,
  resultBytes: 100_000,
  sharesResults: false,
};

async function createVolume(): Promise<string> {
  const id = crypto.randomUUID();
  await env.DB.prepare(
    "insert into volumes (id, project_id, user_id, size, status, volume_type, metadata) values (?, 'p', 'u', 1, 'available', 't', '{}')",
  )
    .bind(id)
    .run();
  return id;
}

function groupOf(batches: readonly Batch<unknown>[], limits: Partial<GroupLimits> = {}) {
  const pending = pendingBatches(batches);
  const [leader, ...followers] = pending;
  if (leader === undefined) throw new Error("a group has a leader");
  const group = new Group({ ...LIMITS, ...limits }, leader);
  const fits = followers.map((follower) => group.add(follower));
  /** Runs the group, and returns the result of each batch. */
  const run = async () => {
    const results = await exchangeGroup(group);
    return pending.map((batch, i) => {
      const result = results.get(batch);
      return result === undefined || result instanceof Failure ? result : batches[i]?.read(result.rows);
    });
  };
  return { group, fits, run };
}

describe("a group of batches", () => {
  it("runs the statements in order of arrival, and gives each batch its own rows", async () => {
    const [a, b] = [await createVolume(), await createVolume()];
    const { run } = groupOf([
      rename({ id: a, name: "1" }),
      readName({ id: a }),
      rename({ id: "none", name: "2" }),
      rename({ id: a, name: "3" }),
      rename({ id: b, name: "4" }),
      readName({ id: a }),
    ]);
    const volume = [{ status: "available" }];
    expect(await run()).toEqual([
      { renamed: [{ name: "1" }], volume },
      { volume: [{ name: "1" }] },
      { renamed: [], volume: [] },
      { renamed: [{ name: "3" }], volume },
      { renamed: [{ name: "4" }], volume },
      { volume: [{ name: "3" }] },
    ]);
  });

  it("sends the statements of equal reads once, and never those of equal writes", async () => {
    const id = await createVolume();
    const reads = [readName({ id }), readName({ id: "none" }), readName({ id })];
    const { group, run } = groupOf(reads, { sharesResults: true });
    expect(group.statements).toHaveLength(2);
    expect(await run()).toEqual([{ volume: [{ name: null }] }, { volume: [] }, { volume: [{ name: null }] }]);

    const writes = [rename({ id, name: "1" }), rename({ id, name: "1" })];
    expect(groupOf(writes).group.statements).toHaveLength(4);
  });

  it("runs the batches one by one after a statement has failed, so that the failure is one batch's own", async () => {
    const id = await createVolume();
    const failing: Batch<unknown> = {
      statements: [{ sql: "insert into settings (name, value) values ('x', null)", params: [] }],
      read: () => undefined,
    };
    const { run } = groupOf([rename({ id, name: "1" }), failing, readName({ id })]);
    const [first, failed, last] = await run();
    expect(first).toMatchObject({ renamed: [{ name: "1" }] });
    expect(failed).toBeInstanceOf(Failure);
    expect(last).toEqual({ volume: [{ name: "1" }] });
  });

  it("limits the batches, the statements, the characters and the results, of which equal reads have none", () => {
    const reads = ["a", "b", "a", "b"].map((id) => readName({ id }));
    expect(groupOf(reads, { statements: 2 }).fits).toEqual([true, false, false]);
    expect(groupOf(reads, { statements: 2, sharesResults: true }).fits).toEqual([true, true, true]);
    expect(groupOf(reads, { resultBytes: 2000 }).fits).toEqual([true, false, false]);
    expect(groupOf(reads, { resultBytes: 2000, sharesResults: true }).fits).toEqual([true, true, true]);
    expect(groupOf(reads, { batches: 3, sharesResults: true }).fits).toEqual([true, true, false]);
    const long = ["a", "b", "c"].map((id) => rename({ id, name: "x".repeat(2000) }));
    expect(groupOf(long, { characters: 5000 }).fits).toEqual([true, false]);
  });
});
