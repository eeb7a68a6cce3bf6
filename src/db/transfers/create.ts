import { and, eq, exists, isNotNull, isNull, lte, ne, not, notExists, type SQL, sql } from "drizzle-orm";
import { ENCRYPTED_TYPES } from "../../volume_types/volume_type.ts";
import type { Connection } from "../database.ts";
import { now, snapshots, transfers, volumes } from "../schema.ts";
import { type Scope, within } from "../scope.ts";
import { type Transfer, transferFields } from "./transfer.ts";

/** An offer to make. */
export interface NewTransfer {
  readonly id: string;
  readonly volume_id: string;
  readonly display_name: string | null;
  readonly no_snapshots: boolean;
  readonly auth_key_hmac: string;
  /** The only project that may accept; null where any may. */
  readonly destination_project_id: string | null;
  /** When the offer is to end, milliseconds since the epoch; null where its maker does not say. */
  readonly expires_at: number | null;
  /** How long it may be open at most, milliseconds; 0 is for ever. */
  readonly ttl_ms: number;
}

/** Why a volume was not offered: what the same transaction found of it. */
export interface NotOffered {
  readonly status: string;
  readonly encrypted: boolean;
  /** The end that was asked for is not in the future. */
  readonly ends_too_early: boolean;
  /** A snapshot that would go with the volume but is not available. */
  readonly unavailable_snapshot: string | null;
}

/**
 * Offers a volume: makes the transfer and sets the volume to `awaiting-transfer`, or does nothing at all.
 *
 * @param scope where the volume may be
 * @returns the transfer; or why not, undefined where there is no such volume within the scope
 */
export async function createTransfer(
  db: Connection,
  scope: Scope,
  offer: NewTransfer,
): Promise<{ readonly created: Transfer } | { readonly refused: NotOffered | undefined }> {
  const volume = and(eq(volumes.id, offer.volume_id), within(scope, volumes.project_id));
  // Only what belongs to the volume's own project goes with it: a snapshot that an earlier transfer left behind
  // is not the present owner's to give.
  const unavailable = db
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.volume_id, volumes.id),
        eq(snapshots.project_id, volumes.project_id),
        ne(snapshots.status, "available"),
        sql`not ${offer.no_snapshots}`,
      ),
    )
    .limit(1);
  const ends_too_early = sql<number>`coalesce(${offer.expires_at} <= ${now}, 0)`;
  const encrypted = sql<number>`${volumes.volume_type} in ${ENCRYPTED_TYPES}`;
  // The status guards against a second offer, too: whichever of two racing requests commits first takes the
  // volume out of `available`.
  const mayBeOffered = and(
    volume,
    eq(volumes.status, "available"),
    not(ends_too_early),
    sql`not ${encrypted}`,
    notExists(unavailable),
  );
  const expired = db
    .select({ one: sql`1` })
    .from(transfers)
    .where(
      and(
        eq(transfers.volume_id, volumes.id),
        isNull(transfers.deleted_at),
        isNotNull(transfers.expires_at),
        lte(transfers.expires_at, now),
      ),
    );
  const offered = db.select({ one: sql`1` }).from(transfers).where(eq(transfers.id, offer.id));

  const [, , [created], , [found]] = await db.batch([
    // An offer that has expired holds its volume no longer, though nothing has closed it yet.
    db
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(and(volume, eq(volumes.status, "awaiting-transfer"), exists(expired))),
    // An admin may have set the volume back to `available` under an earlier offer. That offer ends here: two live
    // ones for one volume could be accepted twice.
    db
      .update(transfers)
      .set({ deleted_at: now })
      .where(
        and(
          eq(transfers.volume_id, offer.volume_id),
          isNull(transfers.deleted_at),
          exists(db.select({ one: sql`1` }).from(volumes).where(mayBeOffered)),
        ),
      ),
    db
      .insert(transfers)
      .select(db.select(newRow(offer)).from(volumes).where(mayBeOffered))
      .returning(transferFields),
    db
      .update(volumes)
      .set({ status: "awaiting-transfer", updated_at: now })
      .where(and(eq(volumes.id, offer.volume_id), exists(offered))),
    // After a refusal nothing has changed, so this is what the guards saw.
    db
      .select({
        status: volumes.status,
        encrypted: encrypted.mapWith(Boolean).as("encrypted"),
        ends_too_early: ends_too_early.mapWith(Boolean).as("ends_too_early"),
        unavailable_snapshot: sql<string | null>`(${unavailable})`.as("unavailable_snapshot"),
      })
      .from(volumes)
      .where(volume),
  ]);
  return created === undefined ? { refused: found } : { created };
}

/** The columns of a new row, in the table's order, to insert from the volume's. */
const newRow = (offer: NewTransfer) => ({
  seq: sql<number>`null`.as("seq"),
  id: value(offer.id).as("id"),
  volume_id: value(offer.volume_id).as("volume_id"),
  display_name: value(offer.display_name ?? "").as("display_name"),
  auth_key_hmac: value(offer.auth_key_hmac).as("auth_key_hmac"),
  no_snapshots: value(offer.no_snapshots).as("no_snapshots"),
  source_project_id: volumes.project_id,
  destination_project_id: value(offer.destination_project_id).as("destination_project_id"),
  accepted: value(false).as("accepted"),
  created_at: now.as("created_at"),
  deleted_at: sql<null>`null`.as("deleted_at"),
  closed_by_request: sql<null>`null`.as("closed_by_request"),
  failed_attempts: sql<number>`0`.as("failed_attempts"),
  expires_at: expiry(offer).as("expires_at"),
  expires_at_shown: value(offer.expires_at !== null).as("expires_at_shown"),
  idempotency_key: sql<null>`null`.as("idempotency_key"),
});

/** When an offer ends: at the earlier of what its maker and the operator say. */
function expiry({ expires_at, ttl_ms }: NewTransfer): SQL<number | null> {
  if (ttl_ms === 0) return sql`${expires_at}`;
  const latest = sql<number>`${now} + ${ttl_ms}`;
  return expires_at === null ? latest : sql`min(${expires_at}, ${latest})`;
}

const value = <T extends string | boolean | null>(value: T): SQL<T> => sql<T>`${value}`;
