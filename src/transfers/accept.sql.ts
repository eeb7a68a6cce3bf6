import { and, eq, isNull, ne, type SQL, sql } from "drizzle-orm";
import { now, snapshots, transfers, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { allHold, hasRow } from "../db/statements/guards.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import { hasRoom, type QuotaRequest } from "../quotas/room.sql.ts";
import { addUsage, removeUsage, volumeUsage } from "../quotas/usage.sql.ts";
import {
  type Attempt,
  attemptedTransfer,
  countFailedAttempt,
  keyGuards,
  keyIsRight,
  moves,
  movingSnapshots,
  quotaOfAttempt,
  readAttempted,
} from "./attempt.sql.ts";
import { closedBy, transferColumns } from "./rows.sql.ts";

/** The values of an accept. */
interface Values extends Attempt {
  readonly user_id: string;
  /** Marks the transfer as closed by this request, so that the later statements find it. */
  readonly request_id: string;
  readonly idempotency_key: string | undefined;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
}

type Attempted = ReturnType<typeof attemptedTransfer>;

/** Makes the condition that the accepting project has room. One that takes back its own volume needs none. */
const hasRoomFor = (params: Params<Attempt>, transfer: Attempted, request: QuotaRequest<SQL | number>): SQL =>
  sql`(${transfer.source_project_id} = ${params.param("project_id")} or ${hasRoom(
    params,
    params.param("project_id"),
    sql`${transfer.volume_type}`,
    request,
  )})`;

/** Makes the guards of an accept, in Cinder's order. */
export const acceptGuards = (params: Params<Attempt>, transfer: Attempted) => ({
  ...keyGuards(transfer),
  // Protects a consistency group, whose volumes belong to one project.
  volume_in_consistency_group: eq(transfer.in_consistency_group, 0),
  // Protects the limit of a volume's size.
  volume_too_large: hasRoomFor(params, transfer, {
    volumes: 0,
    gigabytes: 0,
    snapshots: 0,
    volume_size: sql`${transfer.size}`,
  }),
  // Protects a private type from projects without access to it.
  volume_type_not_usable: isNull(transfer.forbidden_type),
  // Protects the quota.
  over_quota: hasRoomFor(params, transfer, {
    volumes: 1,
    gigabytes: sql`(${transfer.size} + ${transfer.snapshot_gigabytes})`,
    snapshots: sql`${transfer.snapshots}`,
    volume_size: 0,
  }),
  // These two protect a volume that another operation uses, or that is no longer the source project's.
  volume_in_maintenance: ne(transfer.volume_status, "maintenance"),
  volume_not_awaiting_transfer: and(
    eq(transfer.volume_status, "awaiting-transfer"),
    eq(transfer.owned_by_source, 1),
  ),
  // Protects a snapshot that another operation uses.
  moving_snapshot_not_available: isNull(transfer.unavailable_snapshot),
});

/** The names of the guards of an accept, by which a refusal is known. */
export type AcceptGuard = keyof ReturnType<typeof acceptGuards>;

/** Shows, after a lost answer, that this request has closed the transfer. */
const evidence = ({ param }: Params<Values>) => ({
  closed: queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(closedBy(param("request_id"), param("transfer_id"))),
});

/**
 * Accepts a transfer: closes it and gives the volume, its snapshots unless they stay, and their quota usage to the
 * accepting project; or changes nothing but the number of failed attempts.
 */
export const acceptStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const attempted = attemptedTransfer(params);
  const guards = acceptGuards(params, attempted);
  const closedByRequest = closedBy(param("request_id"), param("transfer_id"));
  const accepted = queryBuilder
    .select({
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      destination_project_id: transfers.destination_project_id,
      no_snapshots: transfers.no_snapshots,
      user_id: sql<string>`${param("user_id")}`.as("new_user_id"),
    })
    .from(transfers)
    .where(closedByRequest)
    .as("accepted_transfer");
  const newOwner = {
    project_id: sql`${accepted.destination_project_id}`,
    user_id: sql`${accepted.user_id}`,
    updated_at: now,
  };
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
      .where(and(eq(transfers.id, param("transfer_id")), hasRow(attempted, allHold(guards))))
      .returning(transferColumns),
    ...countFailedAttempt(params),
    // The usage is moved before the snapshots and the volume, because it is counted while they are the source project's.
    usageRemoved: removeUsage(movedUsage("source_project_id", closedByRequest)),
    usageAdded: addUsage(movedUsage("destination_project_id", closedByRequest)),
    // Before the snapshots move, to list those that do.
    recorded: recordEvents(
      optionalParam("origin"),
      transferEvent({
        type: "volume_transfer.accepted",
        where: closedByRequest,
        snapshot_ids: sql`(select json_group_array(${snapshots.id}) from ${snapshots} where ${moves})`,
        // The source project sees the event in any case.
        destination_project_id: sql`nullif(${param("project_id")}, ${transfers.source_project_id})`,
      }),
    ),
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
    transfer: readAttempted(attempted, guards),
    quota: quotaOfAttempt(params),
    acceptedBefore: acceptedBefore(params),
  };
}, evidence);

/** Selects the usage that moves with the volume of a transfer, of either project. */
const movedUsage = (project: "source_project_id" | "destination_project_id", transfer: SQL | undefined) =>
  queryBuilder
    .select(
      volumeUsage({
        project_id: sql`${transfers[project]}`,
        gigabytes: sql`${volumes.size} + ${movingSnapshots.snapshot_gigabytes.sql}`,
        snapshots: movingSnapshots.snapshots.sql,
      }),
    )
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
    .leftJoin(snapshots, moves)
    .where(transfer)
    .groupBy(transfers.seq)
    .as("moved");

/** Selects the transfer if an earlier request with the same idempotency key has accepted it. */
export function acceptedBefore(params: Params<Attempt & Pick<Values, "idempotency_key">>) {
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
