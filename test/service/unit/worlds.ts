import { env } from "cloudflare:test";
import fc from "fast-check";
import type { Batch } from "../../../src/db/engine/driver.ts";
import { ALL_TYPES } from "../../../src/db/schema/index.ts";
import { updateStatements as updateQuota } from "../../../src/quotas/quota_sets.sql.ts";
import { defaultLimits } from "../../../src/quotas/room.ts";
import { createStatements as createSnapshot } from "../../../src/snapshots/create.sql.ts";
import { acceptStatements } from "../../../src/transfers/accept.sql.ts";
import { secretCheck } from "../../../src/transfers/auth_key.ts";
import { createStatements as createTransfer } from "../../../src/transfers/create.sql.ts";
import { declineStatements } from "../../../src/transfers/decline.sql.ts";
import { deleteStatements as deleteTransfer } from "../../../src/transfers/delete.sql.ts";
import { rekeyStatements } from "../../../src/transfers/rekey.sql.ts";
import { createStatements as createVolume } from "../../../src/volumes/create.sql.ts";
import { deleteStatements as deleteVolume } from "../../../src/volumes/delete.sql.ts";
import { extendStatements as extendVolume } from "../../../src/volumes/extend.sql.ts";
import { configuration } from "../../support/configuration.ts";
import { exchange, signal } from "./pending_batches.ts";

// Worlds have the same resources under different ids. In one the operations run one by one, each in a transaction of its
// own; another, in which they run otherwise, must not differ from it.

/** Where operations run. */
export interface World {
  /** Part of every id. */
  readonly name: string;
  /** The number of transfers and keys, and two less than that of volumes, that a project may create in a minute. */
  readonly perMinute: number;
  /** After this many failed attempts of a project a transfer rejects every key from it. */
  readonly maxAttempts: number;
}

/** Makes the batch of an operation in a world. */
export type Operation = (world: World) => Batch<unknown>;

const LIMITS = defaultLimits({ volumes: 2, gigabytes: 6, snapshots: 2, per_volume_gigabytes: 4 });
export const CHECK = await secretCheck(configuration(env).authKeySecret);
let requests = 0;
const request = () => {
  const request_id = `req-${requests++}`;
  return { request_id, origin: JSON.stringify({ request_id }) };
};

const small = fc.nat(3);
const createVolumeOf =
  (volume: number, project: number, size: number): Operation =>
  ({ name: world, perMinute }) =>
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
      origin: request().origin,
      ...LIMITS,
    });

interface CreateOptions {
  readonly no_snapshots?: boolean;
  readonly idempotent?: boolean;
  /** The number of the project that the transfer is for, which needs no key. */
  readonly destination?: number | undefined;
}

const createTransferOf =
  (
    transfer: number,
    volume: number,
    { no_snapshots = false, idempotent = false, destination }: CreateOptions = {},
  ): Operation =>
  ({ name: world, perMinute: per_minute }) =>
    createTransfer({
      id: `${world}-transfer-${transfer}`,
      volume_id: `${world}-volume-${volume}`,
      display_name: null,
      no_snapshots,
      key_required: destination === undefined,
      auth_key_hmac: "right",
      destination_project_id: destination === undefined ? null : `${world}-project-${destination}`,
      project_id: undefined,
      expires_at: undefined,
      ttl_ms: undefined,
      per_minute,
      secret_check: CHECK,
      previous_check: undefined,
      idempotent_hmacs: idempotent
        ? JSON.stringify({
            [`${world}-transfer-${transfer}`]: "right",
            [`${world}-transfer-of-adjacent-day`]: "right",
          })
        : undefined,
      ...request(),
    });

/** Makes the values of a request with a key. */
export const attempt = (
  { name: world, maxAttempts }: World,
  transfer: number,
  project: number,
  auth_key_hmac: string | undefined,
) => ({
  transfer_id: `${world}-transfer-${transfer}`,
  auth_key_hmac,
  previous_hmac: undefined,
  secret_check: CHECK,
  previous_check: undefined,
  max_attempts: maxAttempts,
  max_attempts_total: maxAttempts + 1,
  project_id: `${world}-project-${project}`,
  type_project_id: `${world}-project-${project}`,
  ...request(),
  ...LIMITS,
});

/** @param key undefined for none */
const acceptOf =
  (transfer: number, project: number, key: string | undefined): Operation =>
  (world) =>
    acceptStatements({
      ...attempt(world, transfer, project, key),
      user_id: "bob",
      idempotency_key: project === 0 ? "key" : undefined,
    });

/** Operations whose effect nothing shows after a lost answer, or whose ids are not new as those of requests are. */
const others: readonly fc.Arbitrary<Operation>[] = [
  fc
    .record({ volume: small, project: small, size: fc.integer({ min: 1, max: 5 }) })
    .map(({ volume, project, size }) => createVolumeOf(volume, project, size)),
  fc.record({ volume: small, new_size: fc.integer({ min: 1, max: 5 }) }).map(
    ({ volume, new_size }): Operation =>
      ({ name: world }) =>
        extendVolume({ id: `${world}-volume-${volume}`, project_id: undefined, new_size, ...LIMITS }, [
          "available",
        ]),
  ),
  fc.record({ snapshot: small, volume: small, project: small }).map(
    ({ snapshot, volume, project }): Operation =>
      ({ name: world }) =>
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
      ({ name: world }) =>
        updateQuota(`${world}-project-${project}`, [
          { type, limits: { volumes: limit, gigabytes: 2 * limit } },
        ]),
  ),
];

/** Operations on a transfer that are answered with what has happened after a lost answer. */
const operationsOn = (
  transfer: number,
  volume: fc.Arbitrary<number>,
  project: fc.Arbitrary<number>,
): fc.WeightedArbitrary<Operation>[] => [
  {
    weight: 3,
    arbitrary: fc
      .record({
        volume,
        no_snapshots: fc.boolean(),
        idempotent: fc.boolean(),
        destination: fc.option(project, { nil: undefined }),
      })
      .map(({ volume, ...options }) => createTransferOf(transfer, volume, options)),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ project, key: fc.constantFrom("right", "right", "wrong", undefined) })
      .map(({ project, key }) => acceptOf(transfer, project, key)),
  },
  {
    weight: 1,
    arbitrary: fc.record({ project, key: fc.constantFrom("right", undefined) }).map(
      ({ project, key }): Operation =>
        (world) =>
          declineStatements({ ...attempt(world, transfer, project, key), reason: "no" }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.uuid().map(
      (auth_key_hmac): Operation =>
        ({ name: world, perMinute }) =>
          rekeyStatements({
            id: `${world}-transfer-${transfer}`,
            project_id: undefined,
            auth_key_hmac,
            secret_check: CHECK,
            previous_check: undefined,
            per_minute: perMinute,
            origin: request().origin,
          }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Operation>(({ name: world }) =>
      deleteTransfer({ id: `${world}-transfer-${transfer}`, project_id: undefined, ...request() }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ volume, cascade: fc.boolean() }).map(
      ({ volume, cascade }): Operation =>
        ({ name: world }) =>
          deleteVolume(`${world}-volume-${volume}`, "all", {
            cascade,
            force: false,
            unmanage: false,
            origin: request().origin,
          }),
    ),
  },
];

/** Makes an operation on a transfer and its volume, by a project of its own: those on different transfers do not meet. */
export const separateOperation = (transfer: number): fc.Arbitrary<Operation> =>
  fc.oneof(...operationsOn(transfer, fc.constant(transfer), fc.constant(4 + transfer)));

export const operation: fc.Arbitrary<Operation> = fc.oneof(...others, {
  weight: 11,
  arbitrary: small.chain((transfer) =>
    fc.oneof(...operationsOn(transfer, fc.constantFrom(transfer, transfer, transfer, 0), fc.nat(1))),
  ),
});

/** The volumes and transfers that the operations find. */
export const GIVEN: readonly Operation[] = [
  ...[0, 1, 2, 3].map((volume) => createVolumeOf(volume, 2 + (volume % 2), 1)),
  ...[0, 1, 2, 3].map((volume) => createTransferOf(volume, volume)),
];

/** More accepts than the quota has room for. */
export const TOO_MANY: Operation[] = [0, 1, 2, 3].map((transfer) => acceptOf(transfer, 0, "right"));

/** A violated constraint, such as an id that exists, is a result like any other. */
export function constraint(error: unknown): "constraint" {
  if (!String(error).includes("SQLITE_CONSTRAINT")) throw error;
  return "constraint";
}

/** Runs an operation in a transaction of its own, and returns its result. */
export const runAlone = async ({ statements, read }: Batch<unknown>): Promise<unknown> =>
  exchange(statements, signal).then(({ rows }) => read(rows), constraint);

/** The comparable part of a world: everything but its ids, times and the order of creation. */
export const comparable = (value: unknown, world: string): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, part) =>
      /^(seq|created_at|updated_at|meta)$|_by_request$/.test(key) ||
      (key === "deleted_at" && part !== null) ||
      key === "accepting_until" ||
      key === "success"
        ? undefined
        : part,
    ).replaceAll(world, ""),
  );

/** Reads what the operations have changed in a world. */
export const tables = async (world: string): Promise<unknown> => {
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
