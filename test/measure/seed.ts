import { OTHER_PROJECT, OWNER_PROJECT } from "./calls.ts";

/** The id of no seeded row. */
export const NOBODY = "aaaaaaaa-1111-4222-8333-444444444444";

/** Returns the id of the nth seeded row of a kind. */
export const seededId = (kind: string, n: number): string =>
  `${kind}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const idSql = (kind: string): string => `'${kind}-0000-4000-8000-' || printf('%012x', n)`;
/** The kinds of seeded rows: volumes with an open transfer and without, open and closed transfers, for the other project, snapshots. */
export const OFFERED = "0ffe0000";
export const IDLE = "1d1e0000";
export const TRANSFER = "7a000000";
export const CLOSED = "c1050000";
export const SNAPSHOT = "5a000000";
/** When the first of the seeded volumes were created, milliseconds since the epoch. */
const FIRST_VOLUMES = Date.UTC(2026, 0);
const EVENT_DATA = JSON.stringify({
  transfer: null,
  volume: { id: NOBODY, name: null, size: 1, volume_type: null, host: null, managed_reference: null },
  snapshot_ids: [],
  destination_project_id: null,
});
/** Returns the id of the nth seeded event. */
export const eventIdOf = (n: number): string => `${n + 1}-${n.toString(16).padStart(16, "0")}`;

/**
 * Returns SQL that fills the owner's project: `size` volumes with an open transfer, `size` without, each with a
 * snapshot, and `size` closed transfers. The usage of the quota matches.
 */
export function seed(size: number): string[] {
  const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${size})`;
  // Their times decide how many ranges a page by time reads: not the clock, which may advance between two statements.
  const volumes = (kind: string, status: string, created_at: number) =>
    `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata, created_at) ${numbers}
     select ${idSql(kind)}, '${OWNER_PROJECT}', 'u', 'name ' || (n % 3), 1, '${status}', '__DEFAULT__', '{}',
     ${created_at} from numbers`;
  const transfers = (kind: string, deleted_at: string) =>
    `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id,
     destination_project_id, deleted_at) ${numbers} select ${idSql(kind)}, ${idSql(OFFERED)}, case n when 2 then 'the one' else 'name ' || (n % 3) end,
     '-', 0, '${OWNER_PROJECT}', '${OTHER_PROJECT}', ${deleted_at} from numbers`;
  const last = "'ffffffff-ffff-4fff-bfff-ffffffffffff'";
  return [
    // The last row of every index. Without it, a range at the end of an index would cost one row less than others.
    `insert into volumes (id, project_id, user_id, size, status, volume_type, metadata)
     values (${last}, ${last}, 'u', 1, 'available', '__DEFAULT__', '{}')`,
    `insert into snapshots (id, volume_id, project_id, user_id, volume_size, status, metadata)
     values (${last}, ${last}, ${last}, 'u', 1, 'available', '{}')`,
    `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id,
     destination_project_id) values (${last}, ${last}, 'name', '-', 0, ${last}, ${last})`,
    `insert into events (type, volume_id, source_project_id, destination_project_id, nonce, data)
     values ('volume.created', ${last}, ${last}, ${last}, 'ffffffffffffffff', '${EVENT_DATA}')`,
    `insert into events (type, volume_id, source_project_id, destination_project_id, nonce, data) ${numbers}
     select case n % 2 when 0 then 'volume.created' else 'volume.deleted' end, ${idSql(IDLE)},
     case n % 3 when 0 then '${OTHER_PROJECT}' else '${OWNER_PROJECT}' end,
     case n % 3 when 0 then '${OWNER_PROJECT}' end, printf('%016x', n), '${EVENT_DATA}' from numbers`,
    volumes(OFFERED, "awaiting-transfer", FIRST_VOLUMES),
    volumes(IDLE, "available", FIRST_VOLUMES + 1),
    transfers(CLOSED, "n"),
    transfers(TRANSFER, "null"),
    `insert into snapshots (id, volume_id, project_id, user_id, display_name, volume_size, status, metadata) ${numbers}
     select ${idSql(SNAPSHOT)}, ${idSql(IDLE)}, '${OWNER_PROJECT}', 'u', 'name ' || (n % 3), 1, 'available', '{}' from numbers`,
    ...["", "__DEFAULT__"].map(
      (type) =>
        `insert into quotas (project_id, volume_type, volumes_limit, gigabytes_limit, snapshots_limit, volumes_in_use,
         gigabytes_in_use, snapshots_in_use) values ('${OWNER_PROJECT}', '${type}', -1, -1, -1, ${2 * size}, ${3 * size}, ${size})`,
    ),
  ];
}

/** The tables that `seed` fills. They must be empty. */
export const SEEDED_TABLES = [
  "transfers",
  "snapshots",
  "volumes",
  "quotas",
  "failed_attempts",
  "create_rates",
  "volume_rates",
  "settings",
  "fences",
  "events",
  "event_retries",
  "event_endpoints",
];
