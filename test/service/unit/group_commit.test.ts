import { env } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../../src/db/engine/driver.ts";
import { exchangeGroup, Failure } from "../../../src/db/engine/exchange.ts";
import { Group } from "../../../src/db/engine/group.ts";
import { ALL_TYPES } from "../../../src/db/schema/index.ts";
import { updateStatements as updateQuota } from "../../../src/quotas/quota_sets.sql.ts";
import { defaultLimits } from "../../../src/quotas/room.ts";
import { createStatements as createSnapshot } from "../../../src/snapshots/create.sql.ts";
import { acceptStatements } from "../../../src/transfers/accept.sql.ts";
import { secretCheck } from "../../../src/transfers/auth_key.ts";
import { createStatements as createTransfer } from "../../../src/transfers/create.sql.ts";
import { deleteStatements as deleteTransfer } from "../../../src/transfers/delete.sql.ts";
import { createStatements as createVolume } from "../../../src/volumes/create.sql.ts";
import { deleteStatements as deleteVolume } from "../../../src/volumes/delete.sql.ts";
import { extendStatements as extendVolume } from "../../../src/volumes/extend.sql.ts";
import { configuration } from "../../support/configuration.ts";
import { exchange, pendingBatches, signal } from "./pending_batches.ts";

// Two worlds have the same resources under different ids. In one the operations run in groups, each a transaction; in the
// other they run one by one, each in a transaction of its own.

/** Makes the batch of an operation in a world, whose name is part of every id. */
type Operation = (world: string, perMinute: number) => Batch<unknown>;

const LIMITS = defaultLimits({ volumes: 2, gigabytes: 6, snapshots: 2, per_volume_gigabytes: 4 });
const CHECK = await secretCheck(configuration(env).authKeySecret);
let requests = 0;

const small = fc.nat(3);
const createVolumeOf =
  (volume: number, project: number, size: number): Operation =>
  (world, perMinute) =>
    createVolume({
      id: `${world}-volume-${volume}`,
      project_id: `${world}-project-${project}`,
      user_id: "alice",
      display_name: null,
      display_description: null,
      size,
      type: undefined,
      type_project_id: undefined,
      metadata: "{}",
      availability_zone: null,
      per_minute: perMinute + 2,
      origin: "{}",
      ...LIMITS,
    });

const createTransferOf =
  (
    transfer: number,
    volume: number,
    { no_snapshots, idempotent }: { readonly no_snapshots: boolean; readonly idempotent: boolean },
  ): Operation =>
  (world, per_minute) =>
    createTransfer({
      id: `${world}-transfer-${transfer}`,
      volume_id: `${world}-volume-${volume}`,
      display_name: null,
      no_snapshots,
      key_required: true,
      auth_key_hmac: "right",
      destination_project_id: null,
      project_id: undefined,
      expires_at: undefined,
      ttl_ms: undefined,
      per_minute,
      secret_check: CHECK,
      previous_check: undefined,
      yesterday_id: idempotent ? `${world}-transfer-of-yesterday` : undefined,
      yesterday_hmac: idempotent ? "right" : undefined,
      request_id: `req-${requests++}`,
      origin: "{}",
    });

const acceptOf =
  (transfer: number, project: number, auth_key_hmac: string): Operation =>
  (world) =>
    acceptStatements({
      transfer_id: `${world}-transfer-${transfer}`,
      auth_key_hmac,
      previous_hmac: undefined,
      secret_check: CHECK,
      previous_check: undefined,
      max_attempts: 2,
      max_attempts_total: 3,
      user_id: "bob",
      project_id: `${world}-project-${project}`,
      type_project_id: `${world}-project-${project}`,
      request_id: `req-${requests++}`,
      idempotency_key: project === 0 ? "key" : undefined,
      origin: "{}",
      ...LIMITS,
    });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({ volume: small, project: small, size: fc.integer({ min: 1, max: 5 }) })
    .map(({ volume, project, size }) => createVolumeOf(volume, project, size)),
  fc.record({ volume: small, new_size: fc.integer({ min: 1, max: 5 }) }).map(
    ({ volume, new_size }): Operation =>
      (world) =>
        extendVolume({ id: `${world}-volume-${volume}`, project_id: undefined, new_size, ...LIMITS }, [
          "available",
        ]),
  ),
  fc.record({ snapshot: small, volume: small, project: small }).map(
    ({ snapshot, volume, project }): Operation =>
      (world) =>
        createSnapshot(
          {
            id: `${world}-snapshot-${snapshot}`,
            volume_id: `${world}-volume-${volume}`,
            project_id: `${world}-project-${project}`,
            user_id: "alice",
            display_name: null,
            display_description: null,
            metadata: "{}",
            volume_project_id: `${world}-project-${project}`,
            ...LIMITS,
          },
          ["available"],
        ),
  ),
  fc.record({ project: small, type: fc.constantFrom(ALL_TYPES, "__DEFAULT__"), limit: fc.nat(3) }).map(
    ({ project, type, limit }): Operation =>
      (world) =>
        updateQuota(`${world}-project-${project}`, [
          { type, limits: { volumes: limit, gigabytes: 2 * limit } },
        ]),
  ),
  {
    weight: 3,
    arbitrary: fc
      .record({ transfer: small, other: fc.nat(9), no_snapshots: fc.boolean(), idempotent: fc.boolean() })
      .map(({ transfer, other, ...options }) =>
        createTransferOf(transfer, other === 0 ? 0 : transfer, options),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ transfer: small, project: fc.nat(1), wrong: fc.nat(3) })
      .map(({ transfer, project, wrong }) => acceptOf(transfer, project, wrong === 0 ? "wrong" : "right")),
  },
  small.map(
    (transfer): Operation =>
      (world) =>
        deleteTransfer({
          id: `${world}-transfer-${transfer}`,
          project_id: undefined,
          request_id: `req-${requests++}`,
          origin: "{}",
        }),
  ),
  fc.record({ volume: small, cascade: fc.boolean() }).map(
    ({ volume, cascade }): Operation =>
      (world) =>
        deleteVolume(`${world}-volume-${volume}`, "all", {
          cascade,
          force: false,
          unmanage: false,
          origin: "{}",
        }),
  ),
);

const LIMITS_OF_GROUP = { batches: 10, statements: 100, characters: 500_000, sharesResults: false };

/** The volumes and transfers that the operations find. */
const GIVEN = [
  ...[0, 1, 2, 3].map((volume) => createVolumeOf(volume, 2 + (volume % 2), 1)),
  ...[0, 1, 2, 3].map((volume) =>
    createTransferOf(volume, volume, { no_snapshots: false, idempotent: false }),
  ),
];

/** More accepts than the quota has room for. */
const TOO_MANY = [0, 1, 2, 3].map((transfer) => acceptOf(transfer, 0, "right"));

/** A violated constraint, such as an id that exists, is a result like any other. */
function constraint(error: unknown): "constraint" {
  if (!String(error).includes("SQLITE_CONSTRAINT")) throw error;
  return "constraint";
}

const runAlone = async ({ statements, read }: Batch<unknown>): Promise<unknown> =>
  exchange(statements, signal).then(({ rows }) => read(rows), constraint);

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

/** The comparable part of a world: everything but its ids, times and the order of creation. */
const comparable = (value: unknown, world: string): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, part) =>
      /^(seq|created_at|updated_at|meta)$|_by_request$/.test(key) ||
      (key === "deleted_at" && part !== null) ||
      key === "success"
        ? undefined
        : part,
    ).replaceAll(world, ""),
  );

const tables = async (world: string): Promise<unknown> => {
  const prefix = `${world}%`;
  const results = await env.DB.batch([
    env.DB.prepare("select * from volumes where id like ? order by id").bind(prefix),
    env.DB.prepare("select * from snapshots where id like ? order by id").bind(prefix),
    env.DB.prepare("select * from transfers where id like ? order by id").bind(prefix),
    env.DB.prepare("select * from quotas where project_id like ? order by project_id, volume_type").bind(
      prefix,
    ),
    env.DB.prepare(
      `select type, volume_id, source_project_id, destination_project_id, data ->> '$.transfer.id' as transfer,
         data ->> '$.snapshot_ids' as snapshots from events where volume_id like ? order by seq`,
    ).bind(prefix),
  ]);
  return comparable(
    results.map((table) => table.results),
    world,
  );
};

const currentMinute = (): number => Math.floor(Date.now() / 60_000);

describe("operations that commit together", () => {
  it("have the results and the effects of the same operations one by one", { timeout: 120_000 }, async () => {
    let world = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 4),
        fc.array(operation, { minLength: 2, maxLength: 24 }),
        async (perMinute, random) => {
          const operations = [...GIVEN, ...random];
          const [grouped, sequential] = [`grouped-${world}`, `sequential-${world++}`];
          const minute = currentMinute();
          const together = await runInGroups(operations.map((make) => make(grouped, perMinute)));
          const oneByOne: unknown[] = [];
          for (const make of operations) oneByOne.push(await runAlone(make(sequential, perMinute)));
          // The rate of creates is counted by the minute.
          fc.pre(currentMinute() === minute);
          expect(comparable(together, grouped)).toEqual(comparable(oneByOne, sequential));
          expect(await tables(grouped)).toEqual(await tables(sequential));
        },
      ),
      { numRuns: 100, examples: [[4, TOO_MANY]] },
    );
  });
});
