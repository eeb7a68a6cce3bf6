import { and, eq, exists, isNull, ne, not, type SQL, sql } from "drizzle-orm";
import type { DefaultQuota } from "../config.ts";
import { build, type Given, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, snapshots, transfers, volumes } from "../db/schema.ts";
import {
  addUsage,
  type Defaults,
  defaultValues,
  hasRoom,
  type QuotaState,
  quotaState,
  removeUsage,
} from "../quotas/usage.sql.ts";
import { isLive, type Transfer, transferFields } from "./transfer.sql.ts";

/** Who accepts an offer, and with what. */
export interface Acceptance {
  readonly transfer_id: string;
  readonly auth_key_hmac: string;
  /** After as many wrong keys the right one is wrong, too. */
  readonly max_attempts: number;
  readonly user_id: string;
  readonly project_id: string;
  /** Marks the transfer as closed by this request, so that the statements after it know that it was. */
  readonly request_id: string;
  /** Tells the request when it comes again, for it may have been accepted without its sender knowing. */
  readonly idempotency_key: string | undefined;
}

/** What was found where an offer could not be accepted. */
export interface AcceptRefused {
  /** The live offer, or undefined where there is none of that id. */
  readonly offer: ReturnType<typeof offerOf>["_"]["result"][number] | undefined;
  /** The acceptor's quota, over all types and of the volume's. */
  readonly quota: readonly QuotaState[];
}

type Values = Acceptance & Defaults;

const acceptance = prepared((given: Given<Values>) => {
  const { value, optional } = given;
  const offer = offerOf(given).as("offer");
  const offeredType = sql`(select ${volumes.volume_type} from ${volumes} where ${volumes.id} = (
    select ${transfers.volume_id} from ${transfers} where ${transfers.id} = ${value("transfer_id")}))`;
  const roomForAll = hasRoom(given, value("project_id"), offeredType, {
    volumes: 1,
    gigabytes: sql`(${offer.size} + ${offer.snapshot_gigabytes})`,
    snapshots: sql`${offer.snapshots}`,
    volume_size: sql`${offer.size}`,
  });
  const mayBeAccepted = build
    .select({ one: sql`1` })
    .from(offer)
    .where(
      and(
        // Nobody who lacks the key, or after too many who did.
        eq(offer.key_matches, 1),
        // Not a volume that something else has taken hold of since, nor one that is no longer the donor's.
        eq(offer.volume_status, "awaiting-transfer"),
        eq(offer.owned_by_donor, 1),
        isNull(offer.unavailable_snapshot),
        // Nothing comes to a project that takes back its own.
        sql`(${offer.source_project_id} = ${value("project_id")} or ${roomForAll})`,
      ),
    );
  const taken = takenNow(given);
  const moved = movedUsage(given);
  const newOwner = { project_id: value("project_id"), user_id: value("user_id"), updated_at: now };
  return [
    // The one statement that decides. All others act only on a transfer that this request has closed.
    build
      .update(transfers)
      .set({
        deleted_at: now,
        accepted: true,
        destination_project_id: value("project_id"),
        closed_by_request: value("request_id"),
        idempotency_key: optional("idempotency_key"),
      })
      .where(and(eq(transfers.id, value("transfer_id")), isLive, exists(mayBeAccepted)))
      .returning(transferFields),
    // Guessing is counted where it happens: no guess goes by uncounted, however many come at once.
    build
      .update(transfers)
      .set({ failed_attempts: sql`${transfers.failed_attempts} + 1` })
      .where(and(eq(transfers.id, value("transfer_id")), isLive, not(keyFits(given)))),
    removeUsage(moved("source_project_id")),
    addUsage(moved("destination_project_id")),
    build
      .update(snapshots)
      .set(newOwner)
      .from(taken)
      .where(
        and(
          eq(snapshots.volume_id, taken.volume_id),
          eq(snapshots.project_id, taken.source_project_id),
          eq(taken.no_snapshots, false),
        ),
      ),
    build
      .update(volumes)
      .set({ ...newOwner, status: "available" })
      .from(taken)
      .where(eq(volumes.id, taken.volume_id)),
    // After a refusal nothing has changed but the count of attempts, so these are what the guards saw.
    offerOf(given),
    quotaState(given, value("project_id"), offeredType),
    ...acceptedBefore(given),
  ];
});

/**
 * Accepts an offer: closes the transfer and gives the volume, its snapshots unless they stay, and their quota
 * usage to the accepting project, or does nothing but count a wrong key.
 *
 * @returns the transfer; or why not: the offer that was found, if any, and the state of the acceptor's quota
 */
export async function acceptTransfer(
  db: Database,
  accept: Acceptance,
  defaults: DefaultQuota,
): Promise<{ readonly accepted: Transfer } | { readonly refused: AcceptRefused }> {
  const [[closed], , , , , , [offer], quota, ...[before]] = await db.write(
    acceptance({ ...accept, ...defaultValues(defaults) }),
  );
  const accepted = closed ?? before?.[0];
  return accepted === undefined ? { refused: { offer, quota } } : { accepted };
}

/** A condition: whoever accepts has the key of the offer, and is not shut out of it. */
const keyFits = ({ value }: Given<Values>): SQL =>
  sql`(${transfers.auth_key_hmac} = ${value("auth_key_hmac")}
    and coalesce(${transfers.destination_project_id}, ${value("project_id")}) = ${value("project_id")})`;

/** The transfer, if this request has come before and accepted it; no query where a request cannot be told again. */
function acceptedBefore({ value, optional }: Given<Values>) {
  const idempotency_key = optional("idempotency_key");
  if (idempotency_key === undefined) return [];
  return [
    build
      .select(transferFields)
      .from(transfers)
      .where(
        and(
          eq(transfers.id, value("transfer_id")),
          eq(transfers.accepted, true),
          eq(transfers.destination_project_id, value("project_id")),
          eq(transfers.auth_key_hmac, value("auth_key_hmac")),
          eq(transfers.idempotency_key, idempotency_key),
        ),
      ),
  ];
}

/** The live offer, its volume, and the snapshots that go with it: one row, or none where there is no such offer. */
function offerOf(given: Given<Values>) {
  const { value } = given;
  return build
    .select({
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      key_matches: sql<number>`${keyFits(given)}
        and ${transfers.failed_attempts} < ${value("max_attempts")}`.as("key_matches"),
      volume_status: volumes.status,
      owned_by_donor: sql<number>`${volumes.project_id} = ${transfers.source_project_id}`.as(
        "owned_by_donor",
      ),
      size: volumes.size,
      volume_type: volumes.volume_type,
      ...travelling(),
      unavailable_snapshot: sql<string | null>`(${build
        .select({ id: snapshots.id })
        .from(snapshots)
        .where(and(goesAlong, ne(snapshots.status, "available")))
        .limit(1)})`.as("unavailable_snapshot"),
    })
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
    .where(and(eq(transfers.id, value("transfer_id")), isLive));
}

/** A condition: the transfer is the one that this request has closed. */
const closedNow = ({ value }: Given<Values>): SQL | undefined =>
  and(eq(transfers.id, value("transfer_id")), eq(transfers.closed_by_request, value("request_id")));

/** The transfer, if it is this request that has closed it. */
const takenNow = (given: Given<Values>) =>
  build
    .select({
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      no_snapshots: transfers.no_snapshots,
    })
    .from(transfers)
    .where(closedNow(given))
    .as("taken");

/** The usage that moves with the volume, for either end: read before the volume and its snapshots move. */
function movedUsage(given: Given<Values>) {
  const { snapshots, snapshot_gigabytes } = travelling();
  return (end: "source_project_id" | "destination_project_id") =>
    build
      .select({
        project_id: sql<string>`${transfers[end]}`.as("usage_project"),
        volume_type: sql<string>`${volumes.volume_type}`.as("usage_type"),
        volumes: sql<number>`1`.as("usage_volumes"),
        gigabytes: sql<number>`${volumes.size} + ${snapshot_gigabytes.sql}`.as("usage_gigabytes"),
        snapshots: sql<number>`${snapshots.sql}`.as("usage_snapshots"),
      })
      .from(transfers)
      .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
      .where(closedNow(given))
      .as("moved");
}

/** A condition: a snapshot that goes with a transfer's volume. One that is another project's stays with it. */
const goesAlong = and(
  eq(snapshots.volume_id, transfers.volume_id),
  eq(snapshots.project_id, transfers.source_project_id),
  eq(transfers.no_snapshots, false),
);

/** How many snapshots go with a transfer's volume, and how many GiB they are. */
function travelling() {
  const total = (what: SQL) =>
    sql<number>`(${build.select({ total: what }).from(snapshots).where(goesAlong)})`;
  return {
    snapshots: total(sql`count(*)`).as("snapshots"),
    snapshot_gigabytes: total(sql`coalesce(sum(${snapshots.volume_size}), 0)`).as("snapshot_gigabytes"),
  };
}
