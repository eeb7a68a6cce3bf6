import { and, eq, exists, isNull, ne, not, type SQL, sql } from "drizzle-orm";
import { type Params, prepareBatch, queryBuilder } from "../db/batch.ts";
import { selectRow } from "../db/insert.ts";
import { failedAttempts, now, SECRET_CHECK, settings, snapshots, transfers, volumes } from "../db/schema.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import { type DefaultLimits, hasRoom, quotaReport } from "../quotas/room.sql.ts";
import { addUsage, removeUsage, usageColumns } from "../quotas/usage.sql.ts";
import { isOpen, transferColumns } from "./rows.sql.ts";

/** The values of an accept. */
interface Values extends DefaultLimits {
  readonly transfer_id: string;
  readonly auth_key_hmac: string;
  /** The HMAC under the secret before the latest rotation. */
  readonly previous_hmac: string | undefined;
  /** The check of the secret, and of the one before. */
  readonly secret_check: string;
  readonly previous_check: string | undefined;
  /** After this many failed attempts of the accepting project the transfer rejects every key from it. */
  readonly max_attempts: number;
  /** After this many failed attempts of all projects the transfer rejects every key. */
  readonly max_attempts_total: number;
  readonly user_id: string;
  /** The accepting project. */
  readonly project_id: string;
  /** Marks the transfer as closed by this request, so that the statements behind the first find it. */
  readonly request_id: string;
  readonly idempotency_key: string | undefined;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
}

/**
 * Accepts a transfer: closes it and gives the volume, its snapshots unless they stay, and their quota usage to the
 * accepting project; or changes nothing but the number of failed attempts.
 */
export const acceptStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const offer = offerQuery(params).as("offer");
  const offeredType = sql`(select ${volumes.volume_type} from ${volumes} where ${volumes.id} = (
    select ${transfers.volume_id} from ${transfers} where ${transfers.id} = ${param("transfer_id")}))`;
  const roomForAll = hasRoom(params, param("project_id"), offeredType, {
    volumes: 1,
    gigabytes: sql`(${offer.size} + ${offer.snapshot_gigabytes})`,
    snapshots: sql`${offer.snapshots}`,
    volume_size: sql`${offer.size}`,
  });
  const mayBeAccepted = queryBuilder
    .select({ one: sql`1` })
    .from(offer)
    .where(
      and(
        // Protects the volume from everybody without the key, and from guessing.
        eq(offer.key_matches, 1),
        // Protects from a secret under which no key is right.
        secretMatches(params),
        // Protects a volume that another operation uses, or that is no longer the source project's.
        eq(offer.volume_status, "awaiting-transfer"),
        eq(offer.owned_by_source, 1),
        // Protects a snapshot that another operation uses.
        isNull(offer.unavailable_snapshot),
        // Protects the quota. A project that takes back its own volume needs no room.
        sql`(${offer.source_project_id} = ${param("project_id")} or ${roomForAll})`,
      ),
    );
  const accepted = acceptedQuery(params);
  const movedUsage = movedUsageQuery(params);
  const newOwner = { project_id: param("project_id"), user_id: param("user_id"), updated_at: now };
  return {
    // The one statement that decides. All others change only what belongs to a transfer that this request has closed.
    closed: queryBuilder
      .update(transfers)
      .set({
        deleted_at: now,
        accepted: true,
        destination_project_id: param("project_id"),
        closed_by_request: param("request_id"),
        idempotency_key: optionalParam("idempotency_key"),
      })
      .where(and(eq(transfers.id, param("transfer_id")), isOpen, exists(mayBeAccepted)))
      .returning(transferColumns),
    // In the same transaction, so that no failed attempt is uncounted, however many run at once.
    failedOfProject: queryBuilder
      .insert(failedAttempts)
      .select(
        selectRow(
          failedAttempts,
          { transfer_id: transfers.id, project_id: param("project_id"), attempts: sql`1` },
          { from: transfers, where: isFailedAttempt(params) },
        ),
      )
      .onConflictDoUpdate({
        target: [failedAttempts.transfer_id, failedAttempts.project_id],
        set: { attempts: sql`${failedAttempts.attempts} + 1` },
      }),
    failed: queryBuilder
      .update(transfers)
      .set({ failed_attempts: sql`${transfers.failed_attempts} + 1` })
      .where(isFailedAttempt(params)),
    usageRemoved: removeUsage(movedUsage("source_project_id")),
    usageAdded: addUsage(movedUsage("destination_project_id")),
    // Before the snapshots move, to list those that do.
    recorded: acceptedEvent(params),
    snapshotsMoved: queryBuilder
      .update(snapshots)
      .set(newOwner)
      .from(accepted)
      .where(
        and(
          eq(snapshots.volume_id, accepted.volume_id),
          eq(snapshots.project_id, accepted.source_project_id),
          eq(accepted.no_snapshots, false),
        ),
      ),
    volumeMoved: queryBuilder
      .update(volumes)
      .set({ ...newOwner, status: "available" })
      .from(accepted)
      .where(eq(volumes.id, accepted.volume_id)),
    // After a refusal nothing but the number of failed attempts has changed, so these are what the guards saw.
    offer: offerQuery(params),
    quota: quotaReport(params, param("project_id"), offeredType),
    secret: queryBuilder.select({ matches: secretMatches(params).as("matches") }).from(sql`(select 1)`),
    acceptedBefore: acceptedBeforeQuery(params),
  };
});

/** The open transfer that the guards saw, with its volume and the snapshots that move. */
export type Offer = ReturnType<typeof offerQuery>["_"]["result"][number];

/** The condition that the caller's key is the transfer's, under the secret or the one before it. */
const keyIsRight = ({ param, optionalParam }: Params<Values>): SQL =>
  sql`${transfers.auth_key_hmac} in (${param("auth_key_hmac")}, ${optionalParam("previous_hmac") ?? param("auth_key_hmac")})`;

/** The condition that the transfer is for any project, or for the caller's. */
const isForProject = ({ param }: Params<Values>): SQL =>
  sql`coalesce(${transfers.destination_project_id}, ${param("project_id")}) = ${param("project_id")}`;

/** The condition that the database's transfers were created under the secret or the one before it. */
const secretMatches = ({ param, optionalParam }: Params<Values>): SQL<number> =>
  sql<number>`not exists (select 1 from ${settings} where ${settings.name} = ${SECRET_CHECK}
    and ${settings.value} not in (${param("secret_check")}, ${optionalParam("previous_check") ?? param("secret_check")}))`;

/**
 * The condition that the request is a failed attempt to count. A project that a transfer is not for could never
 * accept it, so its attempts count for nothing.
 */
const isFailedAttempt = (params: Params<Values>): SQL | undefined =>
  and(
    eq(transfers.id, params.param("transfer_id")),
    isOpen,
    not(keyIsRight(params)),
    isForProject(params),
    secretMatches(params),
    // Beyond the limit nothing is accepted, and the table of attempts stays bounded.
    sql`${transfers.failed_attempts} < ${params.param("max_attempts_total")}`,
  );

/** The condition that neither the accepting project nor all projects together have failed too often. */
const hasAttemptsLeft = ({ param }: Params<Values>): SQL =>
  sql`${transfers.failed_attempts} < ${param("max_attempts_total")} and not exists (
    select 1 from ${failedAttempts} where ${failedAttempts.transfer_id} = ${transfers.id}
    and ${failedAttempts.project_id} = ${param("project_id")} and ${failedAttempts.attempts} >= ${param("max_attempts")})`;

/** Selects the transfer if an earlier request with the same idempotency key has accepted it. */
function acceptedBeforeQuery(params: Params<Values>) {
  const { param, optionalParam } = params;
  const idempotency_key = optionalParam("idempotency_key");
  if (idempotency_key === undefined) return undefined;
  return queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(
      and(
        eq(transfers.id, param("transfer_id")),
        eq(transfers.accepted, true),
        eq(transfers.destination_project_id, param("project_id")),
        keyIsRight(params),
        eq(transfers.idempotency_key, idempotency_key),
      ),
    );
}

/** Selects the open transfer with its volume and the snapshots that move: one row, or none. */
function offerQuery(params: Params<Values>) {
  const { param } = params;
  return queryBuilder
    .select({
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      failed_attempts: transfers.failed_attempts,
      key_matches: sql<number>`${keyIsRight(params)} and ${isForProject(params)}
        and ${hasAttemptsLeft(params)}`.as("key_matches"),
      volume_status: volumes.status,
      owned_by_source: sql<number>`${volumes.project_id} = ${transfers.source_project_id}`.as(
        "owned_by_source",
      ),
      size: volumes.size,
      volume_type: volumes.volume_type,
      ...movingSnapshots(),
      unavailable_snapshot: sql<string | null>`(${queryBuilder
        .select({ id: snapshots.id })
        .from(snapshots)
        .where(and(moves, ne(snapshots.status, "available")))
        .limit(1)})`.as("unavailable_snapshot"),
    })
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
    .where(and(eq(transfers.id, param("transfer_id")), isOpen));
}

/** The condition that this request has closed the transfer. */
const closedByRequest = ({ param }: Params<Values>): SQL | undefined =>
  and(eq(transfers.id, param("transfer_id")), eq(transfers.closed_by_request, param("request_id")));

/** Selects the transfer if this request has accepted it. */
const acceptedQuery = (params: Params<Values>) =>
  queryBuilder
    .select({
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      no_snapshots: transfers.no_snapshots,
    })
    .from(transfers)
    .where(closedByRequest(params))
    .as("accepted_transfer");

/** Writes the event, if this request has accepted the transfer. */
function acceptedEvent(params: Params<Values>) {
  const origin = params.optionalParam("origin");
  if (origin === undefined) return undefined;
  const snapshot_ids = sql`(select json_group_array(${snapshots.id}) from ${snapshots} where ${moves})`;
  return recordEvents(
    transferEvent(origin, {
      type: "volume_transfer.accepted",
      where: closedByRequest(params),
      snapshot_ids,
    }),
  );
}

/** Selects the usage that moves with the volume, of either project: to be read before volume and snapshots move. */
function movedUsageQuery(params: Params<Values>) {
  const moving = movingSnapshots();
  return (project: "source_project_id" | "destination_project_id") =>
    queryBuilder
      .select(
        usageColumns({
          project_id: sql`${transfers[project]}`,
          volume_type: sql`${volumes.volume_type}`,
          volumes: sql`1`,
          gigabytes: sql`${volumes.size} + ${moving.snapshot_gigabytes.sql}`,
          snapshots: moving.snapshots.sql,
        }),
      )
      .from(transfers)
      .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
      .where(closedByRequest(params))
      .as("moved");
}

/** The condition that a snapshot moves with a transfer's volume. A snapshot of another project never does. */
const moves = and(
  eq(snapshots.volume_id, transfers.volume_id),
  eq(snapshots.project_id, transfers.source_project_id),
  eq(transfers.no_snapshots, false),
);

/** Makes the columns with the number of snapshots that move with a transfer's volume, and their size, GiB. */
function movingSnapshots() {
  const total = (aggregate: SQL) =>
    sql<number>`(${queryBuilder.select({ total: aggregate }).from(snapshots).where(moves)})`;
  return {
    snapshots: total(sql`count(*)`).as("snapshots"),
    snapshot_gigabytes: total(sql`coalesce(sum(${snapshots.volume_size}), 0)`).as("snapshot_gigabytes"),
  };
}
