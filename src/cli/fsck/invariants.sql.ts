import { FACADE_MODE, MODE, SECRET_CHECK } from "../../db/schema/index.ts";

/** A condition that holds in every database that only the API has written to. */
export interface Invariant {
  /** The problem of a row that breaks it. */
  readonly title: string;
  /**
   * No request can cause a `violation`. An admin's `os-reset_status` can cause a `notice`, which is reported but is not
   * a failure.
   */
  readonly kind: "violation" | "notice";
  /** A query of the rows that break it: `id`, and `detail`, a text with the values found. */
  readonly sql: string;
}

/**
 * Compares the usage in `quotas` with the volumes and snapshots, for each project by type and over all types (`''`).
 * Both sides are summed under one key, to find rows that exist on one side only.
 */
const USAGE = `
  with counted as (
    select project_id, volume_type, 1 as volumes, size as gigabytes, 0 as snapshots from volumes
    union all
    select s.project_id, v.volume_type, 0, s.volume_size, 1 from snapshots s join volumes v on v.id = s.volume_id
  ), by_type as (
    select project_id, volume_type, sum(volumes) as volumes, sum(gigabytes) as gigabytes, sum(snapshots) as snapshots
    from counted group by project_id, volume_type
  ), both as (
    select project_id, volume_type, volumes, gigabytes, snapshots,
      0 as volumes_in_use, 0 as gigabytes_in_use, 0 as snapshots_in_use from by_type
    union all
    select project_id, '', sum(volumes), sum(gigabytes), sum(snapshots), 0, 0, 0 from by_type group by project_id
    union all
    select project_id, volume_type, 0, 0, 0, volumes_in_use, gigabytes_in_use, snapshots_in_use from quotas
  )
  select 'project ' || project_id || case volume_type when '' then '' else ', type ' || volume_type end as id,
    'quotas has ' || sum(volumes_in_use) || ' volumes, ' || sum(gigabytes_in_use) || ' GiB, '
      || sum(snapshots_in_use) || ' snapshots; found ' || sum(volumes) || ' volumes, ' || sum(gigabytes)
      || ' GiB, ' || sum(snapshots) || ' snapshots' as detail
  from both group by project_id, volume_type
  having sum(volumes) <> sum(volumes_in_use) or sum(gigabytes) <> sum(gigabytes_in_use)
    or sum(snapshots) <> sum(snapshots_in_use)`;

/**
 * The owner of each volume over time. The transfers of a volume do not overlap: one is closed before the next is
 * created. So each is created by the owner after the previous one, and the last one determines the present owner.
 */
const OWNERS = `
  with history as (
    select volume_id, seq, id, source_project_id,
      case accepted when 1 then destination_project_id else source_project_id end as owner_after
    from transfers
  ), steps as (
    select volume_id, id, source_project_id,
      lag(owner_after) over (partition by volume_id order by seq) as owner_before
    from history
  )`;

/** The condition that the volumes are in this database, and not in a Cinder. */
export const HAS_VOLUMES = `not exists (select 1 from settings where name = '${MODE}')`;

/** The invariants. No request can break one, whether it succeeds, fails or races with another. */
export const INVARIANTS: readonly Invariant[] = [
  {
    title: "volume without a project",
    kind: "violation",
    sql: "select id, 'project_id is empty' as detail from volumes where trim(project_id) = ''",
  },
  {
    title: "duplicate id",
    kind: "violation",
    sql: ["volumes", "snapshots", "transfers"]
      .map(
        (table) =>
          `select id, count(*) || ' rows in ${table}' as detail from ${table} group by id having count(*) > 1`,
      )
      .join(" union all "),
  },
  {
    title: "usage in quotas that differs from the resources",
    kind: "violation",
    sql: USAGE,
  },
  {
    title: "volume with several open transfers",
    kind: "violation",
    sql: `select volume_id as id, count(*) || ' open transfers' as detail from transfers
      where deleted_at is null group by volume_id having count(*) > 1`,
  },
  {
    title: "open transfer of a volume that its source project does not own",
    kind: "violation",
    sql: `select t.id, 'volume ' || t.volume_id || ' of ' || t.source_project_id || case when v.id is null
        then ' does not exist' else ' belongs to ' || v.project_id end as detail
      from transfers t left join volumes v on v.id = t.volume_id
      where t.deleted_at is null and (v.id is null or v.project_id <> t.source_project_id) and ${HAS_VOLUMES}`,
  },
  {
    title: "accepted transfer without a time, destination or request",
    kind: "violation",
    sql: `select id, 'deleted_at ' || coalesce(deleted_at, 'null') || ', destination_project_id '
        || coalesce(destination_project_id, 'null') || ', closed_by_request ' || coalesce(closed_by_request, 'null')
        as detail
      from transfers where accepted
        and (deleted_at is null or coalesce(destination_project_id, '') = '' or coalesce(closed_by_request, '') = '')`,
  },
  {
    title: "transfer with values of an accept that is not accepted",
    kind: "violation",
    sql: `select id, case when idempotency_key is not null then 'idempotency_key ' || idempotency_key
        else 'open, closed_by_request ' || closed_by_request end as detail
      from transfers where not accepted
        -- In front of a Cinder an accept stores its key before Cinder is asked.
        and ((idempotency_key is not null and volume is null) or (deleted_at is null and closed_by_request is not null))`,
  },
  {
    title: "declined or replaced transfer with other values than those acts write",
    kind: "violation",
    sql: `select id, ended_as || ', accepted ' || accepted || ', deleted_at ' || coalesce(deleted_at, 'null')
        || ', expires_at ' || coalesce(expires_at, 'null') || ', destination_project_id '
        || coalesce(destination_project_id, 'null') || ', closed_by_request ' || coalesce(closed_by_request, 'null')
        as detail
      from transfers where ended_as is not null and (accepted or deleted_at is null
        or ended_as = 'declined' and (coalesce(destination_project_id, '') = '' or coalesce(closed_by_request, '') = ''
          or expires_at <= deleted_at))
      union all
      select id, case when ended_as is 'declined' then 'a reason of ' || length(decline_reason) || ' characters'
        else 'a reason, but it was not declined' end
      from transfers where ended_as is not 'declined' and decline_reason is not null or length(decline_reason) > 255`,
  },
  {
    title: "transfer without a key for no project",
    kind: "violation",
    sql: `select id, 'key_required ' || key_required || ', destination_project_id '
        || coalesce(destination_project_id, 'null') as detail
      from transfers where key_required not in (0, 1)
        or (not key_required and coalesce(destination_project_id, '') = '')`,
  },
  {
    title: "receipts that no previews leave",
    kind: "violation",
    sql: `select id, 'first ' || coalesce(first_previewed_at, 'null') || ' by ' || coalesce(first_previewed_by, 'null')
        || ', last ' || coalesce(last_previewed_at, 'null') || ' by ' || coalesce(last_previewed_by, 'null') as detail
      from transfers where first_previewed_at > last_previewed_at
        or (first_previewed_at is null) + (first_previewed_by is null)
          + (last_previewed_at is null) + (last_previewed_by is null) not in (0, 4)
        or source_project_id in (first_previewed_by, last_previewed_by)`,
  },
  {
    title: "volume whose project is not the owner after its last transfer",
    kind: "violation",
    sql: `${OWNERS}, last as (select volume_id, max(seq) as seq from history group by volume_id)
      select v.id, 'belongs to ' || v.project_id || ', not to ' || coalesce(h.owner_after, 'null') as detail
      from last join history h on h.seq = last.seq join volumes v on v.id = last.volume_id
      where v.project_id is not h.owner_after`,
  },
  {
    title: "transfer created by a project that did not own the volume",
    kind: "violation",
    sql: `${OWNERS} select id, 'created by ' || source_project_id || ' while ' || owner_before || ' owned volume ' || volume_id
        as detail
      from steps where owner_before <> source_project_id and ${HAS_VOLUMES}`,
  },
  {
    title: "transfer with values that no request can write",
    kind: "violation",
    sql: `select id, 'auth_key_hmac is not 64 hexadecimal digits' as detail from transfers
        where length(auth_key_hmac) <> 64 or auth_key_hmac glob '*[^0-9a-f]*'
      union all
      select id, 'failed_attempts ' || failed_attempts from transfers where failed_attempts < 0
      union all
      select id, 'accepted ' || accepted || ', no_snapshots ' || no_snapshots from transfers
        where accepted not in (0, 1) or no_snapshots not in (0, 1)
      union all
      select id, 'expires_at ' || coalesce(expires_at, 'null') || ', expires_at_shown ' || expires_at_shown from transfers
        where expires_at_shown not in (0, 1) or (expires_at_shown and expires_at is null)
      union all
      select id, 'source_project_id is empty' from transfers where trim(source_project_id) = ''`,
  },
  {
    title: "snapshot without a volume or a project",
    kind: "violation",
    sql: `select s.id, case when v.id is null then 'volume ' || s.volume_id || ' does not exist'
        else 'project_id is empty' end as detail
      from snapshots s left join volumes v on v.id = s.volume_id where v.id is null or trim(s.project_id) = ''`,
  },
  {
    title: "failed attempts of an absent transfer, or less than one",
    kind: "violation",
    sql: `select f.transfer_id as id, 'project ' || f.project_id || ', attempts ' || f.attempts
        || case when t.id is null then ', no such transfer' else '' end as detail
      from failed_attempts f left join transfers t on t.id = f.transfer_id where t.id is null or f.attempts < 1`,
  },
  {
    title: "transfer in front of a Cinder with values that no request can write",
    kind: "violation",
    sql: `select id, case when accepting_until is null then 'accepting_project_id ' || accepting_project_id
          else 'accepting_until ' || accepting_until end as detail
        from transfers where (accepting_until is null) <> (accepting_project_id is null)
          or (accepting_until is null) <> (accepting_request_id is null)
      union all
      select id, 'unsettled_project_ids ' || unsettled_project_ids from transfers
        where unsettled_project_ids is not null and (accepting_until is null or not json_valid(unsettled_project_ids)
          or json_type(unsettled_project_ids) is not 'array')
      union all
      select id, 'in_cinder ' || in_cinder || ', sealed_key ' || case when sealed_key is null then 'null' else 'set' end
        from transfers where in_cinder not in (0, 1) or in_cinder <> (sealed_key is not null)
      union all
      select id, 'volume is no object of Cinder' from transfers
        where volume is not null and (not json_valid(volume) or json_type(volume, '$.snapshots') is not 'array')
      union all
      select id, 'ends_at ' || ends_at from openings where ends_at < created_at`,
  },
  {
    title: "rate of creation that no request can write",
    kind: "violation",
    sql: `select project_id as id, 'minute ' || minute || ', transfers ' || transfers as detail from create_rates
        where transfers < 1 or minute < 0
      union all select project_id, 'minute ' || minute || ', volumes ' || volumes from volume_rates
        where volumes < 1 or minute < 0`,
  },
  {
    title: "setting with a value that no service can write",
    kind: "violation",
    sql: `select name as id, case name when '${MODE}' then 'not ${FACADE_MODE}' else 'not 64 hexadecimal digits' end as detail
      from settings where case name when '${MODE}' then value <> '${FACADE_MODE}'
        when '${SECRET_CHECK}' then length(value) <> 64 or value glob '*[^0-9a-f]*' end`,
  },
  {
    title: "volume in the database of a service in front of a Cinder",
    kind: "violation",
    sql: `select id, 'of ' || project_id as detail from volumes where not (${HAS_VOLUMES}) limit 2`,
  },
  {
    title: "size of 0 or less",
    kind: "violation",
    sql: `select id, 'volume, ' || size || ' GiB' as detail from volumes where size <= 0
      union all select id, 'snapshot, ' || volume_size || ' GiB' from snapshots where volume_size <= 0`,
  },
  {
    title: "volume in awaiting-transfer without an open transfer",
    kind: "notice",
    sql: `select v.id, 'of ' || v.project_id as detail from volumes v
      where v.status = 'awaiting-transfer'
        -- Its transfer is in the Cinder from which it was imported.
        and coalesce(case when json_valid(v.imported_fields) then v.imported_fields ->> 'status' end, '') <> v.status
        and not exists (select 1 from transfers t where t.volume_id = v.id and t.deleted_at is null)`,
  },
  {
    title: "open transfer of a volume that is not in awaiting-transfer",
    kind: "notice",
    sql: `select t.id, 'volume ' || v.id || ' is ' || v.status as detail
      from transfers t join volumes v on v.id = t.volume_id
      where t.deleted_at is null and v.status <> 'awaiting-transfer'
        and (t.expires_at is null or t.expires_at > unixepoch('subsec') * 1000)`,
  },
];
