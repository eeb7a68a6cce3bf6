/** The number of dead events that are listed. */
export const MAX_LISTED = 1000;

/** Selects each endpoint, with the numbers of the events that it has yet to get. */
export const ENDPOINTS_QUERY = `select id, url, stopped_at,
    (select count(*) from events where seq > cursor)
      + (select count(*) from event_retries where endpoint_id = e.id and dead_at is null and attempts = 0) as pending,
    (select count(*) from event_retries where endpoint_id = e.id and dead_at is null and attempts > 0) as retrying,
    (select count(*) from event_retries where endpoint_id = e.id and dead_at is not null) as dead
  from event_endpoints e order by url, id`;

/** Selects the dead events of all endpoints, the oldest first. */
export const DEAD_QUERY = `select v.seq || '-' || v.nonce as id, v.type, v.volume_id, e.url, r.attempts,
    coalesce(r.last_error, '') as last_error, r.dead_at
  from event_retries r join events v on v.seq = r.event_seq join event_endpoints e on e.id = r.endpoint_id
  where r.dead_at is not null order by r.event_seq, e.url limit ${MAX_LISTED}`;

/**
 * Returns the statements that send dead events again, for as long as at first, and that start stopped endpoints.
 *
 * @param event the number and the random part of an event's id; undefined for all dead events
 */
export const redeliverStatements = (
  event: { readonly seq: number; readonly nonce: string } | undefined,
): readonly string[] => [
  `update event_retries set dead_at = null, attempts = 0, next_at = 0,
    until_at = cast(unixepoch('subsec') * 1000 as integer) + until_at
      - (select created_at from events where seq = event_seq)
  where dead_at is not null and event_seq in (select seq from events${
    event === undefined ? "" : ` where seq = ${event.seq} and nonce = '${event.nonce}'`
  }) returning endpoint_id as id`,
  "update event_endpoints set stopped_at = null where stopped_at is not null returning id",
];
