import { and, eq, type SQL, sql } from "drizzle-orm";
import { now, snapshots, transfers, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import { addUsage, removeUsage, volumeUsage } from "../quotas/usage.sql.ts";
import { mayBeAccepted } from "./accept_guard.sql.ts";
import {
  type Attempt,
  countFailedAttempt,
  keyIsRight,
  moves,
  movingSnapshots,
  readOffer,
} from "./offer.sql.ts";
import { transferColumns } from "./rows.sql.ts";

/** The values of an accept. */
interface Values extends Attempt {
  readonly user_id: string;
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
export const acceptStatements = prepareBatch(acceptQueries);

function acceptQueries(params: Params<Values>) {
  const { param, optionalParam } = params;
  const accepted = acceptedQuery(params);
  const movedUsage = movedUsageQuery(params);
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
      .where(and(eq(transfers.id, param("transfer_id")), mayBeAccepted(params)))
      .returning(transferColumns),
    ...countFailedAttempt(params),
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
    ...readOffer(params),
    acceptedBefore: acceptedBeforeQuery(params),
  };
}

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

/** The condition that this request has closed the transfer. */
const closedByRequest = ({ param }: Params<Values>): SQL | undefined =>
  and(eq(transfers.id, param("transfer_id")), eq(transfers.closed_by_request, param("request_id")));

/** Selects the transfer if this request has accepted it. */
const acceptedQuery = (params: Params<Values>) =>
  queryBuilder
    .select({
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      destination_project_id: transfers.destination_project_id,
      no_snapshots: transfers.no_snapshots,
      user_id: sql<string>`${params.param("user_id")}`.as("new_user_id"),
    })
    .from(transfers)
    .where(closedByRequest(params))
    .as("accepted_transfer");

/** Writes the event, if this request has accepted the transfer. */
function acceptedEvent(params: Params<Values>) {
  const snapshot_ids = sql`(select json_group_array(${snapshots.id}) from ${snapshots} where ${moves})`;
  return recordEvents(
    params.optionalParam("origin"),
    transferEvent({
      type: "volume_transfer.accepted",
      where: closedByRequest(params),
      snapshot_ids,
      // Its source sees the event already.
      destination_project_id: sql`nullif(${params.param("project_id")}, ${transfers.source_project_id})`,
    }),
  );
}

/** Selects the usage that moves with the volume, of either project: to be read before volume and snapshots move. */
function movedUsageQuery(params: Params<Values>) {
  return (project: "source_project_id" | "destination_project_id") =>
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
      .where(closedByRequest(params))
      .groupBy(transfers.seq)
      .as("moved");
}
