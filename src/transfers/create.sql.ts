import { and, eq, exists, isNotNull, isNull, lte, ne, not, notExists, type SQL, sql } from "drizzle-orm";
import { build, type Given, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, snapshots, transfers, volumes } from "../db/schema.ts";
import { projectOf, type Scope, within } from "../db/scope.ts";
import { ENCRYPTED_TYPES } from "../volume_types/volume_type.ts";
import { type Transfer, transferFields } from "./transfer.sql.ts";

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

type Values = Omit<NewTransfer, "expires_at" | "ttl_ms"> & {
  readonly project_id: string | undefined;
  readonly expires_at: number | undefined;
  readonly ttl_ms: number | undefined;
};

const offering = prepared((given: Given<Values>) => {
  const { value, optional } = given;
  const volume = and(eq(volumes.id, value("volume_id")), within(optional("project_id"), volumes.project_id));
  // Only what belongs to the volume's own project goes with it: a snapshot that an earlier transfer left behind
  // is not the present owner's to give.
  const unavailable = build
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.volume_id, volumes.id),
        eq(snapshots.project_id, volumes.project_id),
        ne(snapshots.status, "available"),
        sql`not ${value("no_snapshots")}`,
      ),
    )
    .limit(1);
  const asked_end = optional("expires_at");
  const ends_too_early = asked_end === undefined ? sql<number>`0` : sql<number>`(${asked_end} <= ${now})`;
  const encrypted = sql<number>`${volumes.volume_type} in ${ENCRYPTED_TYPES}`;
  // The status guards against a second offer, too: whichever of two racing requests commits first takes the
  // volume out of `available`.
  const mayBeOffered = and(
    volume,
    eq(volumes.status, "available"),
    not(ends_too_early),
    not(encrypted),
    notExists(unavailable),
  );
  const open = and(eq(transfers.volume_id, value("volume_id")), isNull(transfers.deleted_at));
  const expired = and(open, isNotNull(transfers.expires_at), lte(transfers.expires_at, now));
  const one = { one: sql`1` };
  return [
    // An offer that has expired holds its volume no longer, though nothing has closed it yet.
    build
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(
        and(
          volume,
          eq(volumes.status, "awaiting-transfer"),
          exists(build.select(one).from(transfers).where(expired)),
        ),
      ),
    // It ends here, and so does one under which an admin has set the volume back to `available`: two live ones for
    // one volume could be accepted twice.
    build
      .update(transfers)
      .set({ deleted_at: now })
      .where(and(open, exists(build.select(one).from(volumes).where(mayBeOffered)))),
    build
      .insert(transfers)
      .select(build.select(newRow(given)).from(volumes).where(mayBeOffered))
      .returning(transferFields),
    build
      .update(volumes)
      .set({ status: "awaiting-transfer", updated_at: now })
      .where(
        and(
          eq(volumes.id, value("volume_id")),
          exists(
            build
              .select(one)
              .from(transfers)
              .where(eq(transfers.id, value("id"))),
          ),
        ),
      ),
    // After a refusal nothing has changed, so this is what the guards saw.
    build
      .select({
        status: volumes.status,
        encrypted: encrypted.mapWith(Boolean).as("encrypted"),
        ends_too_early: ends_too_early.mapWith(Boolean).as("ends_too_early"),
        unavailable_snapshot: sql<string | null>`(${unavailable})`.as("unavailable_snapshot"),
      })
      .from(volumes)
      .where(volume),
  ];
});

/**
 * Offers a volume: makes the transfer and sets the volume to `awaiting-transfer`, or does nothing at all.
 *
 * @param scope where the volume may be
 * @returns the transfer; or why not, undefined where there is no such volume within the scope
 */
export async function createTransfer(
  db: Database,
  scope: Scope,
  offer: NewTransfer,
): Promise<{ readonly created: Transfer } | { readonly refused: NotOffered | undefined }> {
  const [, , [created], , [found]] = await db.write(
    offering({
      ...offer,
      project_id: projectOf(scope),
      expires_at: offer.expires_at ?? undefined,
      ttl_ms: offer.ttl_ms || undefined,
    }),
  );
  return created === undefined ? { refused: found } : { created };
}

/** The columns of a new row, in the table's order, to insert from the volume's. */
const newRow = (given: Given<Values>) => {
  const { value, optional } = given;
  return {
    seq: sql<number>`null`.as("seq"),
    id: sql<string>`${value("id")}`.as("id"),
    volume_id: sql<string>`${value("volume_id")}`.as("volume_id"),
    display_name: sql<string>`coalesce(${value("display_name")}, '')`.as("display_name"),
    auth_key_hmac: sql<string>`${value("auth_key_hmac")}`.as("auth_key_hmac"),
    no_snapshots: sql<boolean>`${value("no_snapshots")}`.as("no_snapshots"),
    source_project_id: volumes.project_id,
    destination_project_id: sql<string | null>`${value("destination_project_id")}`.as(
      "destination_project_id",
    ),
    accepted: sql<boolean>`0`.as("accepted"),
    created_at: now.as("created_at"),
    deleted_at: sql<null>`null`.as("deleted_at"),
    closed_by_request: sql<null>`null`.as("closed_by_request"),
    failed_attempts: sql<number>`0`.as("failed_attempts"),
    expires_at: expiry(given).as("expires_at"),
    expires_at_shown: sql<boolean>`${optional("expires_at") === undefined ? 0 : 1}`.as("expires_at_shown"),
    idempotency_key: sql<null>`null`.as("idempotency_key"),
  };
};

/** When an offer ends: at the earlier of what its maker and the operator say. */
function expiry({ optional }: Given<Values>): SQL<number | null> {
  const asked = optional("expires_at");
  const ttl = optional("ttl_ms");
  if (ttl === undefined) return sql`${asked ?? null}`;
  const latest = sql<number>`${now} + ${ttl}`;
  return asked === undefined ? latest : sql`min(${asked}, ${latest})`;
}
