import { and, eq, gt, isNotNull, isNull, lte, ne, or, type SQL, sql } from "drizzle-orm";
import { createRates, now, openings, transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder, repeatable } from "../../db/statements/batch.ts";
import { allHold, firstRefusal } from "../../db/statements/guards.ts";
import { selectRow } from "../../db/statements/insert.ts";
import { countCreated, isBelowRate } from "../../db/statements/rates.ts";
import { isNotBeingAccepted } from "../attempt.sql.ts";
import { secretMatches, storeSecretCheck } from "../auth_key.sql.ts";
import { expiry, recordedEvents } from "../create.sql.ts";
import { isOpen, transferColumns } from "../rows.sql.ts";
import { claimColumns, endedTransfers, goneInCinder } from "./end.sql.ts";

/** A create that Cinder is about to be asked for. */
interface Opening {
  readonly request_id: string;
  readonly volume_id: string;
  readonly project_id: string;
  /** JSON: the ids of `idempotentIds`; undefined without an idempotency key. */
  readonly idempotent_ids: string | undefined;
  /** The expiry that the creator gives, milliseconds since the epoch. */
  readonly expires_at: number | undefined;
  /** The number of transfers that a project may create in a minute; undefined for no limit. */
  readonly per_minute: number | undefined;
  /** When the answer of Cinder counts as lost, milliseconds from now. */
  readonly lost_after: number;
  readonly secret_check: string;
  readonly previous_check: string | undefined;
}

/** The condition that a transfer was created with the request's idempotency key. */
function isRepeated({ optionalParam }: Params<Opening>): SQL | undefined {
  const ids = optionalParam("idempotent_ids");
  return ids && sql`${transfers.opened_as} in (select value from json_each(${ids}))`;
}

function openGuards(params: Params<Opening>) {
  const { param, optionalParam } = params;
  const expires_at = optionalParam("expires_at");
  const per_minute = optionalParam("per_minute");
  const repeated = isRepeated(params);
  return {
    // Protects the keys of existing transfers: under another secret none of them would be right.
    wrong_secret: secretMatches(param("secret_check")),
    expiry_in_past: expires_at && sql`${expires_at} > ${now}`,
    // Protects a transfer that an earlier request with the same idempotency key has created and that is closed since.
    idempotency_key_used:
      repeated && sql`not exists (select 1 from ${transfers} where ${repeated} and not ${isOpen})`,
    // Protects the database from a project that creates transfers in a loop.
    too_many_creates: per_minute && isBelowRate(createRates, param("project_id"), per_minute),
  };
}

const ofVolume = ({ param }: Params<Pick<Opening, "volume_id" | "project_id">>) =>
  and(eq(openings.volume_id, param("volume_id")), eq(openings.project_id, param("project_id")));

/** The condition that a transfer of the volume is not closed. */
export const isOfVolume = ({ param }: Params<Pick<Opening, "volume_id">>) =>
  and(eq(transfers.volume_id, param("volume_id")), isNull(transfers.deleted_at));

/** Selects the creates that Cinder may be at work on. */
export const selectInFlight = (openingsOfOthers: SQL | undefined) =>
  queryBuilder
    .select({ id: openings.id })
    .from(openings)
    .where(and(openingsOfOthers, gt(openings.ends_at, now)));

/** Stores that Cinder is about to be asked for a transfer, and reads what was asked for and answered before. */
export const openStatements = prepareBatch((params: Params<Opening>) => {
  const { param, optionalParam } = params;
  const guards = openGuards(params);
  const repeated = isRepeated(params);
  const isOther = and(ofVolume(params), ne(openings.id, param("request_id")));
  return {
    secretStored: storeSecretCheck(param("secret_check"), optionalParam("previous_check")),
    opened: queryBuilder
      .insert(openings)
      .select(
        selectRow(
          openings,
          {
            id: param("request_id"),
            volume_id: param("volume_id"),
            project_id: param("project_id"),
            ends_at: sql`${now} + ${param("lost_after")}`,
          },
          {
            where: and(
              allHold(guards),
              // The transfer exists already.
              repeated && sql`not exists (select 1 from ${transfers} where ${repeated})`,
            ),
          },
        ),
      )
      .onConflictDoUpdate({ target: openings.id, set: { ends_at: sql`${now} + ${param("lost_after")}` } })
      .returning({ id: openings.id }),
    repeated:
      repeated &&
      queryBuilder
        .select({ id: transfers.id })
        .from(transfers)
        .where(and(repeated, eq(transfers.volume_id, param("volume_id")), isOpen)),
    ended: endedTransfers(param("project_id")),
    // Creates of the volume whose answer is lost, and those that are in flight.
    lost: queryBuilder
      .select({ created_at: openings.created_at, ends_at: openings.ends_at })
      .from(openings)
      .where(and(isOther, lte(openings.ends_at, now))),
    inFlight: selectInFlight(isOther),
    known: queryBuilder
      .select({ id: transfers.id, ...claimColumns })
      .from(transfers)
      .where(isOfVolume(params)),
    refusal: queryBuilder.select({ refusal: firstRefusal(guards).as("refusal") }).from(sql`(select 1)`),
  };
}, repeatable);

/** The values of a transfer that Cinder has created. */
interface Opened
  extends Pick<Opening, "request_id" | "volume_id" | "project_id" | "expires_at" | "per_minute"> {
  /** Cinder's. */
  readonly id: string;
  readonly display_name: string | null;
  readonly no_snapshots: boolean;
  readonly source_project_id: string;
  readonly destination_project_id: string | null;
  readonly key_required: boolean;
  readonly auth_key_hmac: string;
  readonly sealed_key: string;
  /** JSON. */
  readonly volume: string;
  readonly opened_as: string | undefined;
  /** The longest time the transfer may be open, milliseconds; undefined for no limit. */
  readonly ttl_ms: number | undefined;
  /** Who causes the events; undefined if none is recorded. */
  readonly origin: string | undefined;
}

const openedEvidence = ({ param }: Params<Opened>) => ({
  created: queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(and(eq(transfers.id, param("id")), eq(transfers.created_by_request, param("request_id")))),
});

/** Stores a transfer that Cinder has created. */
export const openedStatements = prepareBatch((params: Params<Opened>) => {
  const { param, optionalParam } = params;
  const isOfRequest = eq(transfers.id, param("id"));
  return {
    // Cinder has a new one, so the one before was closed there.
    previousClosed: queryBuilder
      .update(transfers)
      .set({
        deleted_at: now,
        closed_by_request: param("request_id"),
        ended_as: sql`case when ${transfers.expires_at} <= ${now} then null else 'replaced' end`,
        ...goneInCinder,
      })
      .where(isOfVolume(params)),
    created: queryBuilder
      .insert(transfers)
      .select(
        selectRow(
          transfers,
          {
            id: param("id"),
            volume_id: param("volume_id"),
            volume_name: sql`${param("volume")} ->> 'name'`,
            display_name: sql`coalesce(${param("display_name")}, '')`,
            auth_key_hmac: param("auth_key_hmac"),
            no_snapshots: param("no_snapshots"),
            source_project_id: param("source_project_id"),
            destination_project_id: param("destination_project_id"),
            key_required: param("key_required"),
            expires_at: expiry(params),
            created_by_request: param("request_id"),
            expires_at_shown: sql`${optionalParam("expires_at") === undefined ? 0 : 1}`,
            volume: param("volume"),
            sealed_key: param("sealed_key"),
            in_cinder: sql`1`,
            opened_as: optionalParam("opened_as") ?? sql`null`,
          },
          { where: undefined },
        ),
      )
      .returning(transferColumns),
    recorded: recordedEvents(params),
    rateCounted:
      optionalParam("per_minute") &&
      countCreated(createRates, {
        project_id: transfers.source_project_id,
        from: transfers,
        where: isOfRequest,
      }),
    openingRemoved: queryBuilder
      .delete(openings)
      .where(or(eq(openings.id, param("request_id")), and(ofVolume(params), lte(openings.ends_at, now)))),
  };
}, openedEvidence);

/** Forgets a create that Cinder has refused. */
export const refusedOpeningStatements = prepareBatch(
  ({ param }: Params<{ request_id: string }>) => ({
    removed: queryBuilder.delete(openings).where(eq(openings.id, param("request_id"))),
  }),
  repeatable,
);

interface Renewed {
  readonly id: string;
  readonly auth_key_hmac: string;
  readonly secret_check: string;
}

const renewEvidence = ({ param }: Params<Renewed>) => ({
  renewed: queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(and(eq(transfers.id, param("id")), eq(transfers.auth_key_hmac, param("auth_key_hmac")))),
});

/** Gives a new key to the open transfer that an earlier request with the same idempotency key has created. */
export const renewStatements = prepareBatch(
  ({ param }: Params<Renewed>) => ({
    renewed: queryBuilder
      .update(transfers)
      .set({ auth_key_hmac: param("auth_key_hmac") })
      .where(
        and(
          eq(transfers.id, param("id")),
          isOpen,
          isNotNull(transfers.sealed_key),
          secretMatches(param("secret_check")),
          isNotBeingAccepted,
        ),
      )
      .returning(transferColumns),
  }),
  renewEvidence,
);
