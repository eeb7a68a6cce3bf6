import { and, eq, isNotNull, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { endedAt, isToEndInCinder, now, transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../db/statements/batch.ts";
import { inProject } from "../../db/statements/scope.ts";
import { closedType, recordEvents, transferEvent } from "../../events/record.sql.ts";
import { isNotBeingAccepted } from "../attempt.sql.ts";
import { closedBy, transferColumns } from "../rows.sql.ts";

// Stores the decisions of Cinder. Its transfers have the ids of the rows.

/** No accept may have taken the transfer away. */
export const noClaim = {
  accepting_project_id: null,
  accepting_request_id: null,
  accepting_until: null,
  unsettled_project_ids: null,
};

/** The claim of an accept, stored before Cinder was asked. */
export const claimColumns = {
  volume_id: transfers.volume_id,
  source_project_id: transfers.source_project_id,
  accepting_project_id: transfers.accepting_project_id,
  accepting_request_id: transfers.accepting_request_id,
  unsettled_project_ids: transfers.unsettled_project_ids,
};

/** Cinder has no transfer any more, so its key opens nothing. */
export const goneInCinder = { in_cinder: false, sealed_key: null, ...noClaim };

interface Origin {
  /** Marks the transfer as closed by this request, so that the later statements find it. */
  readonly request_id: string;
  /** Who causes the event; undefined if none is recorded, or if `recorded`. */
  readonly origin: string | undefined;
  /** 1 if an event is recorded that this request has not caused, but found. */
  readonly recorded?: number | undefined;
}

const originOf = ({ optionalParam }: Params<Origin>): SQL | undefined =>
  optionalParam("origin") ?? (optionalParam("recorded") && sql`null`);

interface Accepted extends Origin {
  readonly id: string;
  /** The project that owns the volume now. */
  readonly project_id: string;
  /** That of the accept that is answered with the transfer. */
  readonly idempotency_key: string | undefined;
  /** 1 if no accept is answered with the transfer: the key of the claim stays. */
  readonly is_found: number | undefined;
}

/** Selects the transfer if this request has closed it as accepted, or another has that found its accept. */
const selectAccepted = ({ param }: Params<Accepted>) =>
  queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(
      and(
        eq(transfers.id, param("id")),
        eq(transfers.accepted, true),
        eq(transfers.destination_project_id, param("project_id")),
        sql`instr(${transfers.closed_by_request}, ${param("request_id")})`,
      ),
    );

/**
 * Closes a transfer that Cinder has accepted. The volume has its new owner, so this holds whatever was stored meanwhile:
 * a transfer that an expiry or a decline has closed here was accepted all the same.
 */
export const acceptedStatements = prepareBatch(
  (params: Params<Accepted>) => {
    const { param, optionalParam } = params;
    const byRequest = closedBy(param("request_id"), param("id"));
    return {
      stored: queryBuilder
        .update(transfers)
        .set({
          deleted_at: now,
          accepted: true,
          ended_as: null,
          decline_reason: null,
          destination_project_id: param("project_id"),
          closed_by_request: param("request_id"),
          idempotency_key: optionalParam("is_found")
            ? undefined
            : (optionalParam("idempotency_key") ?? sql`null`),
          ...goneInCinder,
        })
        .where(and(eq(transfers.id, param("id")), eq(transfers.accepted, false))),
      recorded: recordEvents(
        originOf(params),
        transferEvent({
          type: "volume_transfer.accepted",
          where: byRequest,
          snapshot_ids: sql`(select json_group_array(value ->> 'id') from json_each(${transfers.volume}, '$.snapshots'))`,
          // The source project sees the event in any case.
          destination_project_id: sql`nullif(${param("project_id")}, ${transfers.source_project_id})`,
        }),
      ),
      closed: selectAccepted(params),
    };
  },
  (params) => ({ closed: selectAccepted(params) }),
);

interface Gone extends Origin {
  readonly id: string;
  /** The project that must have created the transfer; undefined for an admin, and if nobody asks for it. */
  readonly project_id: string | undefined;
  /** The caller's project, also for an admin. */
  readonly own_project_id: string;
  /** 1 if no accept has taken the transfer away: it is closed although one was claimed, or another project asks. */
  readonly not_accepted: number | undefined;
}

/**
 * Closes a transfer that Cinder no longer has, unless it has ended already. If an accept was sent, or another project
 * than the transfer's asks, it stays open until the request has read from Cinder which project owns the volume.
 */
export const goneStatements = prepareBatch(
  (params: Params<Gone>) => {
    const { param, optionalParam } = params;
    const transfer = and(
      eq(transfers.id, param("id")),
      inProject(optionalParam("project_id"), transfers.source_project_id),
    );
    const isOwn = eq(transfers.source_project_id, param("own_project_id"));
    const noAccept =
      optionalParam("not_accepted") === undefined
        ? and(isNull(transfers.accepting_project_id), isOwn)
        : undefined;
    return {
      closed: queryBuilder
        .update(transfers)
        .set({ deleted_at: now, closed_by_request: param("request_id"), ...goneInCinder })
        .where(and(transfer, isNull(transfers.deleted_at), noAccept))
        .returning(transferColumns),
      recorded: recordEvents(
        originOf(params),
        transferEvent({
          type: closedType(transfers.deleted_at),
          where: closedBy(param("request_id"), param("id")),
        }),
      ),
      // One that was declined or has expired.
      freed: queryBuilder
        .update(transfers)
        .set(goneInCinder)
        .where(and(transfer, isNotNull(transfers.deleted_at), eq(transfers.in_cinder, true), noAccept)),
      claim: queryBuilder
        .select(claimColumns)
        .from(transfers)
        .where(
          and(
            transfer,
            eq(transfers.in_cinder, true),
            or(isNotNull(transfers.accepting_project_id), not(isOwn)),
          ),
        ),
    };
  },
  ({ param }) => ({
    closed: queryBuilder
      .select(transferColumns)
      .from(transfers)
      .where(and(closedBy(param("request_id"), param("id")), eq(transfers.accepted, false))),
  }),
);

/** The number of ended transfers that one request ends in Cinder. */
const MAX_ENDED = 10;
/**
 * The number of oldest ones among which they are chosen at random: those that Cinder does not delete must not keep the
 * others from their turn.
 */
export const CANDIDATES = 100;

/** Selects transfers of a project that have ended here, and perhaps not in Cinder. */
export function endedTransfers(project_id: SQL) {
  const oldest = queryBuilder
    .select({ id: transfers.id, volume_id: transfers.volume_id })
    .from(transfers)
    .where(
      and(
        eq(transfers.source_project_id, project_id),
        isToEndInCinder,
        sql`${endedAt} <= ${now}`,
        isNotBeingAccepted,
      ),
    )
    .orderBy(endedAt)
    .limit(CANDIDATES)
    .as("oldest");
  return queryBuilder.select().from(oldest).orderBy(sql`random()`).limit(MAX_ENDED);
}

/** Reads the transfers of a project that have ended here, and perhaps not in Cinder. */
export const endedStatements = prepareBatch(({ param }: Params<{ project_id: string }>) => ({
  ended: endedTransfers(param("project_id")),
}));
