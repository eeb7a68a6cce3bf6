import { env } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configuration } from "../../src/config.ts";
import type { Batch } from "../../src/db/batch.ts";
import { Coalescer } from "../../src/db/coalescer.ts";
import { d1Driver } from "../../src/db/d1.ts";
import type { Exchange } from "../../src/db/driver.ts";
import { defaultLimits } from "../../src/quotas/room.ts";
import { createStatements as createSnapshot } from "../../src/snapshots/create.sql.ts";
import { acceptStatements } from "../../src/transfers/accept.sql.ts";
import { secretCheck } from "../../src/transfers/auth_key.ts";
import { createStatements as createTransfer } from "../../src/transfers/create.sql.ts";
import { deleteStatements as deleteTransfer } from "../../src/transfers/delete.sql.ts";
import { createStatements as createVolume } from "../../src/volumes/create.sql.ts";
import { deleteStatements as deleteVolume } from "../../src/volumes/delete.sql.ts";
import { extendStatements as extendVolume } from "../../src/volumes/extend.sql.ts";

// Two worlds have the same resources under different ids. In one the operations run concurrently, and so in groups; in
// the other they run one by one. One exchange is in flight: the order of the operations is known only then.

/** Makes the batch of an operation in a world, whose name is part of every id. */
type Operation = (world: string) => Batch<unknown>;

const LIMITS = defaultLimits({ volumes: 3, gigabytes: 6, snapshots: 2, per_volume_gigabytes: 4 });
const CHECK = await secretCheck(configuration(env).authKeySecret);
let requests = 0;

const small = fc.nat(2);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ volume: small, project: small, size: fc.integer({ min: 1, max: 5 }) }).map(
    ({ volume, project, size }): Operation =>
      (world) =>
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
          origin: "{}",
          ...LIMITS,
        }),
  ),
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
  fc.record({ transfer: small, volume: small, no_snapshots: fc.boolean(), idempotent: fc.boolean() }).map(
    ({ transfer, volume, no_snapshots, idempotent }): Operation =>
      (world) =>
        createTransfer({
          id: `${world}-transfer-${transfer}`,
          volume_id: `${world}-volume-${volume}`,
          display_name: null,
          no_snapshots,
          auth_key_hmac: "right",
          destination_project_id: null,
          project_id: undefined,
          expires_at: undefined,
          ttl_ms: undefined,
          per_minute: 4,
          secret_check: CHECK,
          previous_check: undefined,
          yesterday_id: idempotent ? `${world}-transfer-of-yesterday` : undefined,
          yesterday_hmac: idempotent ? "right" : undefined,
          request_id: `req-${requests++}`,
          origin: "{}",
        }),
  ),
  fc.record({ transfer: small, project: small, right: fc.boolean() }).map(
    ({ transfer, project, right }): Operation =>
      (world) =>
        acceptStatements({
          transfer_id: `${world}-transfer-${transfer}`,
          auth_key_hmac: right ? "right" : "wrong",
          previous_hmac: undefined,
          secret_check: CHECK,
          previous_check: undefined,
          max_attempts: 2,
          max_attempts_total: 3,
          user_id: "bob",
          project_id: `${world}-project-${project}`,
          request_id: `req-${requests++}`,
          idempotency_key: undefined,
          origin: "{}",
          ...LIMITS,
        }),
  ),
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

/** Makes groups of at most ten operations. */
const coalescer = new Coalescer({
  exchanges: 1,
  allExchanges: 1,
  requests: 10,
  statements: 100,
  characters: 500_000,
  sharesResults: false,
  leaseMs: 60_000,
});
const driver = d1Driver(env.DB);
const { signal } = new AbortController();

/** Runs an operation; a violated constraint, such as an id that exists, is a result like any other. */
async function outcome({ statements, read }: Batch<unknown>): Promise<unknown> {
  const exchange: Exchange = async (all) => ({ rows: await driver.run(all, "write"), bookmark: undefined });
  try {
    const { rows } = await coalescer.run({ statements, exchange, key: "", signal });
    return read(rows);
  } catch (error) {
    if (!String(error).includes("SQLITE_CONSTRAINT")) throw error;
    return "constraint";
  }
}

/** What is comparable between two worlds: everything but ids of the world, times and the order of creation. */
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
      fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 24 }), async (operations) => {
        const [grouped, sequential] = [`grouped-${world}`, `sequential-${world++}`];
        const minute = currentMinute();
        const together = await Promise.all(operations.map((make) => outcome(make(grouped))));
        const oneByOne: unknown[] = [];
        for (const make of operations) oneByOne.push(await outcome(make(sequential)));
        // The rate of creates is counted by the minute.
        fc.pre(currentMinute() === minute);
        expect(comparable(together, grouped)).toEqual(comparable(oneByOne, sequential));
        expect(await tables(grouped)).toEqual(await tables(sequential));
      }),
      { numRuns: 100 },
    );
  });
});
