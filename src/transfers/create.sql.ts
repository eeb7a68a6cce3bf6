import { and, eq, isNotNull, isNull, lte, ne, not, notExists, type SQL, sql } from "drizzle-orm";
import { createRates, now, snapshots, transfers, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { allHold, firstRefusal, hasRow } from "../db/statements/guards.ts";
import { selectRow } from "../db/statements/insert.ts";
import { countCreated, isBelowRate } from "../db/statements/rates.ts";
import { inProject } from "../db/statements/scope.ts";
import { isEncrypted } from "../db/statements/volume_types.ts";
import { closedType, recordEvents, transferEvent } from "../events/record.sql.ts";
import { secretMatches, storeSecretCheck } from "./auth_key.sql.ts";
import { type IdempotentCreate, idempotencyKeyIsNew, renewedKey } from "./idempotency.sql.ts";
import { transferColumns } from "./rows.sql.ts";

/** The values of a new transfer. */
interface Values extends IdempotentCreate {
  readonly id: string;
  readonly auth_key_hmac: string;
  readonly display_name: string | null;
  readonly no_snapshots: boolean;
  /** The only project that may accept; null if any may. */
  readonly destination_project_id: string | null;
  /** The project that the volume must belong to; undefined for an admin. */
  readonly project_id: string | undefined;
  readonly key_required: boolean;
  /** The expiry that the creator gives, milliseconds since the epoch. */
  readonly expires_at: number | undefined;
  /** The longest time the transfer may be open, milliseconds; undefined for no limit. */
  readonly ttl_ms: number | undefined;
  /** The number of transfers that a project may create in a minute; undefined for no limit. */
  readonly per_minute: number | undefined;
  /** The check of the secret before the latest rotation. */
  readonly previous_check: string | undefined;
  /** Marks what this request creates and closes, so that the statement of the events finds it. */
  readonly request_id: string;
  /** Who causes the events; undefined if none is recorded. */
  readonly origin: string | undefined;
}

const isAvailable = eq(volumes.status, "available");

/** Makes the guards of a create, over the row of the volume, in the order in which their refusals are reported. */
function createGuards(params: Params<Values>) {
  const { param, optionalParam } = params;
  const expires_at = optionalParam("expires_at");
  const per_minute = optionalParam("per_minute");
  return {
    // Protects the keys of existing transfers: under another secret none of them would be right.
    wrong_secret: secretMatches(param("secret_check")),
    // Protects the caller from a transfer that nobody can accept.
    expiry_in_past: expires_at && sql`${expires_at} > ${now}`,
    // Protects a transfer that an earlier request with the same idempotency key has created and that is closed since.
    idempotency_key_used: idempotencyKeyIsNew(params),
    // Protects a volume that another operation uses, also from a second transfer: the first of two concurrent requests
    // to commit takes it out of `available`.
    volume_not_available: isAvailable,
    // Protects an encrypted volume, whose key the service cannot hand over.
    volume_encrypted: not(isEncrypted(volumes.volume_type)),
    // Protects a snapshot that another operation uses.
    snapshot_not_available: notExists(unavailableSnapshot(params)),
    // Protects the database from a project that creates transfers in a loop.
    too_many_creates: per_minute && isBelowRate(createRates, volumes.project_id, per_minute),
  };
}

/** The names of the guards of a create, by which a refusal is known. */
export type CreateGuard = keyof ReturnType<typeof createGuards>;

/** Shows, after a lost answer, that this request has created the transfer. */
const evidence = ({ param }: Params<Values>) => ({
  created: queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(and(eq(transfers.id, param("id")), eq(transfers.created_by_request, param("request_id")))),
  // A refused create can have closed a transfer. Run again, it must not record that again.
  unmarked: queryBuilder
    .update(transfers)
    .set({ closed_by_request: null })
    .where(
      and(
        eq(transfers.volume_id, param("volume_id")),
        isNotNull(transfers.deleted_at),
        eq(transfers.closed_by_request, param("request_id")),
      ),
    ),
});

/** Creates a transfer and sets the volume to `awaiting-transfer`, or changes nothing. */
export const createStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const isVolume = and(
    eq(volumes.id, param("volume_id")),
    inProject(optionalParam("project_id"), volumes.project_id),
  );
  const guards = createGuards(params);
  const notClosed = and(eq(transfers.volume_id, param("volume_id")), isNull(transfers.deleted_at));
  const expired = and(notClosed, isNotNull(transfers.expires_at), lte(transfers.expires_at, now));
  const isOfRequest = and(
    eq(transfers.id, param("id")),
    eq(transfers.auth_key_hmac, param("auth_key_hmac")),
    isNull(transfers.deleted_at),
  );
  return {
    secretStored: storeSecretCheck(param("secret_check"), optionalParam("previous_check")),
    // The transfer of an earlier request with the same idempotency key gets the new key.
    repeated: renewedKey(params),
    // A transfer that has expired no longer holds its volume, although the sweep has not closed it yet.
    volumeReleased: queryBuilder
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(and(isVolume, eq(volumes.status, "awaiting-transfer"), hasRow(transfers, expired))),
    // Closes the expired transfer, or one whose volume an admin has reset to `available`, also if the volume is not
    // offered again: nobody can accept it, and two open transfers of one volume could both be accepted.
    previousClosed: queryBuilder
      .update(transfers)
      .set({
        deleted_at: now,
        closed_by_request: param("request_id"),
        ended_as: sql`case when ${transfers.expires_at} <= ${now} then null else 'replaced' end`,
      })
      .where(and(notClosed, idempotencyKeyIsNew(params), hasRow(volumes, isVolume, isAvailable))),
    created: queryBuilder
      .insert(transfers)
      .select(
        selectRow(transfers, newTransfer(params), { from: volumes, where: and(isVolume, allHold(guards)) }),
      )
      .returning(transferColumns),
    recorded: recordedEvents(params),
    volumeReserved: queryBuilder
      .update(volumes)
      .set({ status: "awaiting-transfer", updated_at: now })
      .where(
        and(
          eq(volumes.id, param("volume_id")),
          ne(volumes.status, "awaiting-transfer"),
          hasRow(transfers, isOfRequest),
        ),
      ),
    rateCounted:
      optionalParam("per_minute") &&
      countCreated(createRates, {
        project_id: transfers.source_project_id,
        from: transfers,
        where: isOfRequest,
      }),
    // A refusal has changed nothing, so these are the values that the guards saw.
    volume: queryBuilder
      .select({
        refusal: firstRefusal(guards).as("refusal"),
        unavailable_snapshot: sql<string | null>`(${unavailableSnapshot(params)})`.as("unavailable_snapshot"),
      })
      .from(volumes)
      .where(isVolume),
  };
}, evidence);

/**
 * Selects a snapshot that would move with the volume and is not `available`. Only snapshots of the volume's own project
 * move: one that an earlier transfer left behind is not the present owner's to give.
 */
const unavailableSnapshot = ({ param }: Params<Values>) =>
  queryBuilder
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.volume_id, volumes.id),
        eq(snapshots.project_id, volumes.project_id),
        ne(snapshots.status, "available"),
        sql`not ${param("no_snapshots")}`,
      ),
    );

/** Makes the row of a new transfer, from the volume's. */
const newTransfer = (params: Params<Values>) => ({
  id: params.param("id"),
  volume_id: params.param("volume_id"),
  volume_name: volumes.display_name,
  display_name: sql`coalesce(${params.param("display_name")}, '')`,
  auth_key_hmac: params.param("auth_key_hmac"),
  no_snapshots: params.param("no_snapshots"),
  source_project_id: volumes.project_id,
  destination_project_id: params.param("destination_project_id"),
  key_required: params.param("key_required"),
  expires_at: expiry(params),
  created_by_request: params.param("request_id"),
  expires_at_shown: sql`${params.optionalParam("expires_at") === undefined ? 0 : 1}`,
});

/** Makes the expiry: the earlier of the requested and the configured one. */
export function expiry({ optionalParam }: Params<Pick<Values, "expires_at" | "ttl_ms">>): SQL<number | null> {
  const requested = optionalParam("expires_at");
  const ttl = optionalParam("ttl_ms");
  if (ttl === undefined) return sql`${requested ?? null}`;
  const latest = sql<number>`${now} + ${ttl}`;
  return requested === undefined ? latest : sql`min(${requested}, ${latest})`;
}

/**
 * Writes the events of the transfer that this request has closed, if there was one, and of the one it has created: one
 * select, since SQLite takes longer to compile this statement than to run it.
 */
export function recordedEvents({
  param,
  optionalParam,
}: Params<Pick<Values, "id" | "volume_id" | "request_id" | "origin">>) {
  // The transfers of a volume do not overlap, so the one that this request has closed is the last closed one.
  const lastClosed = sql`(select max(${transfers.seq}) from ${transfers}
    where ${transfers.volume_id} = ${param("volume_id")} and ${isNotNull(transfers.deleted_at)})`;
  const created = sql`(select ${transfers.seq} from ${transfers} where ${transfers.id} = ${param("id")})`;
  const byRequest = sql`case when ${transfers.deleted_at} is null then ${transfers.created_by_request}
    else ${transfers.closed_by_request} end`;
  const rows = transferEvent({
    type: sql`case when ${transfers.deleted_at} is null then 'volume_transfer.created' else ${closedType(transfers.deleted_at)} end`,
    where: and(
      sql`${transfers.seq} in (${lastClosed}, ${created})`,
      sql`${byRequest} = ${param("request_id")}`,
    ),
  });
  // The transfer that was closed is the older one.
  return recordEvents(optionalParam("origin"), (origin) => sql`${rows(origin)} order by ${transfers.seq}`);
}
