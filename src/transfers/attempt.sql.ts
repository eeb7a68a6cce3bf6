import { and, eq, lte, ne, not, type SQL, sql } from "drizzle-orm";
import { failedAttempts, now, snapshots, transfers, volumes } from "../db/schema/index.ts";
import { type Params, queryBuilder } from "../db/statements/batch.ts";
import { isInConsistencyGroup } from "../db/statements/groups.ts";
import { firstRefusal, type Guards, hasRow } from "../db/statements/guards.ts";
import { selectRow } from "../db/statements/insert.ts";
import { forbiddenType } from "../db/statements/volume_types.ts";
import { type DefaultLimits, quotaReport } from "../quotas/room.sql.ts";
import { isOneOf, secretMatches } from "./auth_key.sql.ts";
import { isOpen } from "./rows.sql.ts";

// Shared by accept, preview and decline, which take an `auth_key`.

/** The values of a request with an `auth_key`. */
export interface Attempt extends DefaultLimits {
  readonly transfer_id: string;
  /** Undefined for a request without a key, which only a transfer that needs none accepts. */
  readonly auth_key_hmac: string | undefined;
  /** The HMAC under the secret before the latest rotation. */
  readonly previous_hmac: string | undefined;
  /** The check of the secret, and of the one before. */
  readonly secret_check: string;
  readonly previous_check: string | undefined;
  /** After this many failed attempts of the caller's project the transfer rejects every key from it. */
  readonly max_attempts: number;
  /** After this many failed attempts of all projects the transfer rejects every key. */
  readonly max_attempts_total: number;
  /** The caller's project, which the volume would belong to. */
  readonly project_id: string;
  /** The project that must be allowed to use the type of the volume; undefined for an admin. */
  readonly type_project_id: string | undefined;
}

/**
 * Counts the request if its key is wrong. A project that is shut out counts no more, so that it cannot use up the
 * attempts of all projects: its own count ends one above its limit, and the total counts none of those above.
 */
export const countFailedAttempt = (params: Params<Attempt>, proof = keyIsRight(params)) => ({
  // In the same transaction, so that no failed attempt is uncounted, however many run at once.
  failedOfProject: queryBuilder
    .insert(failedAttempts)
    .select(
      selectRow(
        failedAttempts,
        { transfer_id: transfers.id, project_id: params.param("project_id"), attempts: sql`1` },
        { from: transfers, where: isFailedAttempt(params, proof) },
      ),
    )
    .onConflictDoUpdate({
      target: [failedAttempts.transfer_id, failedAttempts.project_id],
      set: { attempts: sql`${failedAttempts.attempts} + 1` },
      setWhere: lte(failedAttempts.attempts, params.param("max_attempts")),
    }),
  failed: queryBuilder
    .update(transfers)
    .set({ failed_attempts: sql`${transfers.failed_attempts} + 1` })
    .where(
      and(
        isFailedAttempt(params, proof),
        hasRow(failedAttempts, ofProject(params), lte(failedAttempts.attempts, params.param("max_attempts"))),
      ),
    ),
});

/** The condition that failed attempts are those of the caller's project at the transfer. */
const ofProject = ({ param }: Params<Attempt>): SQL | undefined =>
  and(eq(failedAttempts.transfer_id, transfers.id), eq(failedAttempts.project_id, param("project_id")));

/**
 * The condition that the request is a failed attempt to count. A project that a transfer is not for could never
 * accept it, so its attempts count for nothing.
 */
const isFailedAttempt = (params: Params<Attempt>, proof: SQL): SQL | undefined =>
  and(
    eq(transfers.id, params.param("transfer_id")),
    isOpen,
    not(proof),
    isForProject(params),
    secretMatches(params.param("secret_check"), params.optionalParam("previous_check")),
    // Beyond the limit nothing is accepted, and the table of attempts stays bounded.
    sql`${transfers.failed_attempts} < ${params.param("max_attempts_total")}`,
  );

/**
 * The condition that the caller's key is the transfer's, under the secret or the one before it; without a key, that the
 * transfer needs none of the caller's project.
 */
export function keyIsRight({ param, optionalParam }: Params<Attempt>): SQL {
  const hmac = optionalParam("auth_key_hmac");
  if (hmac !== undefined) return isOneOf(transfers.auth_key_hmac, hmac, optionalParam("previous_hmac"));
  return sql`(${transfers.key_required} = 0 and ${isBoundTo(param("project_id"))})`;
}

/** The condition that a transfer is for a project alone. */
export const isBoundTo = (project_id: SQL): SQL =>
  sql`(${transfers.destination_project_id} is ${project_id})`;

/** The condition that no accept of the transfer is on its way to Cinder, unless its answer is lost. */
export const isNotBeingAccepted = sql<number>`(coalesce(${transfers.accepting_until}, 0) <= ${now})`;

/** The condition that the transfer is for any project, or for the caller's. */
const isForProject = ({ param }: Params<Attempt>): SQL =>
  sql`coalesce(${transfers.destination_project_id}, ${param("project_id")}) = ${param("project_id")}`;

/** Selects what the guards of the key see of the transfer. */
const keyColumns = (params: Params<Attempt>, proof: SQL) => ({
  volume_id: transfers.volume_id,
  source_project_id: transfers.source_project_id,
  failed_attempts: transfers.failed_attempts,
  secret_matches: secretMatches(params.param("secret_check"), params.optionalParam("previous_check")).as(
    "secret_matches",
  ),
  // The failed attempts of the accepting project, and of all projects, are below their limits.
  key_matches: sql<number>`${proof} and ${isForProject(params)}
    and ${transfers.failed_attempts} < ${params.param("max_attempts_total")}
    and coalesce(${failedAttempts.attempts}, 0) < ${params.param("max_attempts")}`.as("key_matches"),
});

/** Makes the guards that come first: the caller may do what it asks for. */
export const keyGuards = (transfer: {
  readonly secret_matches: SQL.Aliased<number>;
  readonly key_matches: SQL.Aliased<number>;
}) => ({
  // Protects from a secret under which no key is right.
  wrong_secret: eq(transfer.secret_matches, 1),
  // Protects the transfer from everybody without the key or whom it is not for, and its key from guessing.
  wrong_key: eq(transfer.key_matches, 1),
});

const isAttempted = ({ param }: Params<Attempt>) => and(eq(transfers.id, param("transfer_id")), isOpen);

/**
 * Selects the open transfer without its volume: one row, or none.
 *
 * @param proof the condition that the caller may do what it asks for; by default that its key is right
 */
export const keyAttempt = (params: Params<Attempt>, proof = keyIsRight(params)) =>
  queryBuilder
    .select({ ...keyColumns(params, proof), is_free: isNotBeingAccepted.as("is_free") })
    .from(transfers)
    .leftJoin(failedAttempts, ofProject(params))
    .where(isAttempted(params))
    .as("attempted");

/** Reads why the transfer is refused to the caller, after a refusal. */
export const readRefusal = <Refusal extends string>(
  attempted: ReturnType<typeof keyAttempt>,
  guards: Guards<Refusal>,
) =>
  queryBuilder
    .select({ refusal: firstRefusal(guards).as("refusal"), failed_attempts: attempted.failed_attempts })
    .from(attempted);

/** Selects the open transfer with its volume and the snapshots that move: one row, or none. */
export function attemptedTransfer(params: Params<Attempt>) {
  const { optionalParam } = params;
  return queryBuilder
    .select({
      ...keyColumns(params, keyIsRight(params)),
      volume_status: volumes.status,
      owned_by_source: sql<number>`${volumes.project_id} = ${transfers.source_project_id}`.as(
        "owned_by_source",
      ),
      forbidden_type: forbiddenType(volumes.volume_type, optionalParam("type_project_id")).as(
        "forbidden_type",
      ),
      in_consistency_group: isInConsistencyGroup.as("in_consistency_group"),
      size: volumes.size,
      volume_type: volumes.volume_type,
      ...movingSnapshots,
      unavailable_snapshot: sql<
        string | null
      >`min(case when ${ne(snapshots.status, "available")} then ${snapshots.id} end)`.as(
        "unavailable_snapshot",
      ),
    })
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
    .leftJoin(failedAttempts, ofProject(params))
    .leftJoin(snapshots, moves)
    .where(isAttempted(params))
    .groupBy(transfers.seq)
    .as("attempted");
}

/**
 * Reads the transfer, and why it must not be accepted: after a refusal nothing but the number of failed attempts has
 * changed, so this is what the guards saw.
 */
export const readAttempted = <Refusal extends string>(
  attempted: ReturnType<typeof attemptedTransfer>,
  guards: Guards<Refusal>,
) =>
  queryBuilder
    .select({
      refusal: firstRefusal(guards).as("refusal"),
      volume_id: attempted.volume_id,
      source_project_id: attempted.source_project_id,
      failed_attempts: attempted.failed_attempts,
      forbidden_type: attempted.forbidden_type,
      size: attempted.size,
      snapshots: attempted.snapshots,
      snapshot_gigabytes: attempted.snapshot_gigabytes,
      unavailable_snapshot: attempted.unavailable_snapshot,
    })
    .from(attempted);

/** The open transfer that the guards saw, and the first refusal, if there is one. */
export type AttemptedTransfer<Refusal extends string = string> = ReturnType<
  typeof readAttempted<Refusal>
>["_"]["result"][number];

/** Reads the quota of the caller's project, over all types and of the type of the transfer's volume. */
export function quotaOfAttempt(params: Params<Attempt>) {
  const type = sql`(select ${volumes.volume_type} from ${volumes} where ${volumes.id} = (
    select ${transfers.volume_id} from ${transfers} where ${transfers.id} = ${params.param("transfer_id")}))`;
  return quotaReport(params, params.param("project_id"), type);
}

/** The condition that a snapshot moves with a transfer's volume. A snapshot of another project never does. */
export const moves = and(
  eq(snapshots.volume_id, transfers.volume_id),
  eq(snapshots.project_id, transfers.source_project_id),
  eq(transfers.no_snapshots, false),
);

/** The number of snapshots that move with a transfer's volume, and their size, GiB: aggregates over a join by `moves`. */
export const movingSnapshots = {
  snapshots: sql<number>`count(${snapshots.id})`.as("snapshots"),
  snapshot_gigabytes: sql<number>`coalesce(sum(${snapshots.volume_size}), 0)`.as("snapshot_gigabytes"),
};
