import type { Profile } from "../profile.ts";

/** A rule of a simulation. */
interface Rule {
  readonly title: string;
  /** A query of the rows that break it: an id and a detail. */
  readonly sql: string;
}

/** The type of the event that closes a transfer. */
const CLOSING = `'volume_transfer.' || case when t.accepted then 'accepted' when t.ended_as = 'declined' then 'declined'
  when t.ended_as is null and t.expires_at <= t.deleted_at then 'expired' else 'deleted' end`;

/** Returns what must hold beyond `fsck`, since clients and admins do less here, and nothing was deleted for its age. */
export const rulesOf = ({ attempts, transfersPerMinute }: Profile): readonly Rule[] => [
  {
    title: "each creation and each end of a transfer has one event",
    sql: `with told as (select data ->> '$.transfer.id' as id, type from events)
      select t.id, coalesce((select group_concat(type) from told where told.id = t.id), 'none') from transfers t
      where (select count(*) from told where told.id = t.id and type = 'volume_transfer.created') <> 1
        or (select count(*) from told where told.id = t.id and type = ${CLOSING}) <> (t.deleted_at is not null)
        or (select count(*) from told where told.id = t.id
          and type not in ('volume_transfer.created', 'volume_transfer.rekeyed', ${CLOSING})) > 0`,
  },
  {
    title: "each volume has one event of its creation",
    sql: `select id, 'events' from volumes v
      where (select count(*) from events e where e.volume_id = v.id and type = 'volume.created') <> 1`,
  },
  {
    title: "usage is within the quota",
    sql: `select project_id, volumes_in_use || ' volumes, ' || gigabytes_in_use || ' GiB, ' || snapshots_in_use
        || ' snapshots; limits ' || volumes_limit || ', ' || gigabytes_limit || ', ' || snapshots_limit
      from quotas where volumes_limit >= 0 and volumes_in_use > volumes_limit
        or gigabytes_limit >= 0 and gigabytes_in_use > gigabytes_limit
        or snapshots_limit >= 0 and snapshots_in_use > snapshots_limit
      union all
      select id, size || ' GiB, limit ' || per_volume_gigabytes_limit from volumes v join quotas q
        on q.project_id = v.project_id and q.volume_type = ''
      where per_volume_gigabytes_limit >= 0 and size > per_volume_gigabytes_limit`,
  },
  {
    title: "a transfer expires in the future",
    sql: "select id, expires_at || ' at ' || created_at from transfers where expires_at < created_at",
  },
  {
    title: "a transfer for a project is previewed by no other",
    sql: `select id, last_previewed_by || ' for ' || destination_project_id from transfers
      where not accepted and ended_as is not 'declined' and destination_project_id not in (first_previewed_by, last_previewed_by)`,
  },
  {
    title: "a sweep closes a transfer by no request",
    sql: `select t.id, closed_by_request from transfers t join events e on e.data ->> '$.transfer.id' = t.id
      where closed_by_request is not null and e.type = 'volume_transfer.expired' and e.origin is null`,
  },
  ...(transfersPerMinute === 0
    ? []
    : [
        {
          title: "a project makes few transfers and keys in a minute",
          sql: `select source_project_id, count(*) from events
            where type in ('volume_transfer.created', 'volume_transfer.rekeyed')
            group by source_project_id, created_at / 60000 having count(*) > ${transfersPerMinute}`,
        },
      ]),
  ...(attempts === undefined
    ? []
    : [
        {
          title: "a transfer counts attempts up to its limits",
          sql: `select transfer_id, attempts from failed_attempts where attempts > ${attempts.ofProject} + 1
            union all select id, failed_attempts from transfers where failed_attempts > ${attempts.ofAll}`,
        },
        {
          title: "a transfer counts the attempts of projects together",
          sql: `select t.id, failed_attempts || ' of ' || sum(min(f.attempts, ${attempts.ofProject}))
            from transfers t join failed_attempts f on f.transfer_id = t.id
            group by t.id having failed_attempts <> min(sum(min(f.attempts, ${attempts.ofProject})), ${attempts.ofAll})`,
        },
      ]),
];
