import { HAS_VOLUMES, type Invariant } from "./invariants.sql.ts";

/** The keys of the data of an event, and of its transfer. No `auth_key` is among them, in any form. */
const EVENT_KEYS = "'transfer', 'volume', 'snapshot_ids', 'destination_project_id'";
const TRANSFER_KEYS = "'id', 'name', 'no_snapshots', 'created_at', 'expires_at'";

/** The types of the events that close a transfer. */
const CLOSING =
  "'volume_transfer.accepted', 'volume_transfer.deleted', 'volume_transfer.expired', 'volume_transfer.declined'";

/** The invariants of events and their delivery. */
export const EVENT_INVARIANTS: readonly Invariant[] = [
  {
    title: "event with values that no request can write",
    kind: "violation",
    sql: `select cast(seq as text) as id, case when not json_valid(data) then 'data is no JSON'
        when json_type(data) <> 'object' or json_extract(data, '$.volume.id') is not volume_id
          then 'data is not about volume ' || volume_id
        when (type like 'volume.%') <> (json_type(data, '$.transfer') = 'null') then type || ', transfer '
          || json_type(data, '$.transfer')
        when origin is not null and (not json_valid(origin) or json_type(origin) <> 'object') then 'origin is no object'
        when destination_project_id is not null and type <> 'volume_transfer.accepted'
          then type || ', destination_project_id ' || destination_project_id
        when trim(source_project_id) = '' then 'source_project_id is empty'
        when exists (select 1 from json_each(data) where key not in (${EVENT_KEYS}))
          or exists (select 1 from json_each(data, '$.transfer') where key not in (${TRANSFER_KEYS}))
          then 'data has a key that no event has'
        when length(nonce) <> 16 or nonce glob '*[^0-9a-f]*' then 'nonce is not 16 hexadecimal digits' end as detail
      from events where detail is not null`,
  },
  {
    title: "event that contradicts its transfer",
    kind: "violation",
    sql: `with told as (
        select seq, type, case when json_valid(data) then data ->> '$.transfer.id' end as transfer_id,
          type in (${CLOSING}) as closing
        from events where type like 'volume_transfer.%'
      )
      select cast(e.seq as text) as id, e.type || ', transfer ' || t.id || ' is '
        || case when t.deleted_at is null then 'open' when t.accepted then 'accepted'
          else coalesce(t.ended_as, 'deleted or expired') end as detail
      from told e join transfers t on t.id = e.transfer_id
      where e.closing and (t.deleted_at is null or (e.type = 'volume_transfer.accepted') <> t.accepted
        or (e.type = 'volume_transfer.declined') <> (t.ended_as is 'declined'))
      union all
      select cast(seq as text), type || ' after transfer ' || transfer_id || ' was closed'
      from (
        select *, max(closing) over (
          partition by transfer_id order by seq rows between unbounded preceding and 1 preceding
        ) as closed_before from told
      -- In front of a Cinder, it may have accepted what was declined here, or has expired.
      ) where closed_before and ${HAS_VOLUMES}`,
  },
  {
    title: "delivery state that no Worker can write",
    kind: "violation",
    sql: `select id, 'cursor ' || cursor || ', lease_until ' || lease_until as detail from event_endpoints
        where cursor < 0 or lease_until < 0 or (lease_until > 0 and lease_id is null)
      union all
      select endpoint_id || ', ' || event_seq, case when e.id is null then 'no such endpoint'
          else 'attempts ' || attempts || ', next_at ' || next_at end
      from event_retries left join event_endpoints e on e.id = endpoint_id
      where e.id is null or event_seq > e.cursor or attempts < 0`,
  },
];
