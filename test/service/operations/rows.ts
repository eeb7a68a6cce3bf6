import { event, snapshot, transfer, usage, volume } from "./inserts.ts";

/** SQL that empties the tables, and inserts rows of every kind that requests leave. */
export const HEALTHY: readonly string[] = [
  ...[
    "transfers",
    "snapshots",
    "volumes",
    "quotas",
    "volume_type_access",
    "events",
    "event_endpoints",
    "event_retries",
    "openings",
  ].map((table) => `delete from ${table}`),
  "update volume_types set key = '__DEFAULT__' where volume_type_id = '6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10'",
  `update volume_types set name = key, is_public = 1, extra_specs = '{}', encryption = null`,
  volume("offered", "alpha", "awaiting-transfer"),
  volume("kept", "alpha", "available"),
  volume("accepted", "beta", "available"),
  snapshot("stayed", "accepted", "alpha"),
  snapshot("travelled", "accepted", "beta"),
  transfer("withdrawn", "offered", "alpha", "0, 'bound', 1, 'req-0'"),
  transfer("open", "offered", "alpha", "0, null, null, null"),
  transfer("taken", "accepted", "alpha", "1, 'beta', 2, 'req-1'"),
  transfer("gone", "a volume that was deleted", "gamma", "0, null, 3, null"),
  ...["", "__DEFAULT__"].flatMap((type) => [usage("alpha", type, 2, 5, 1), usage("beta", type, 1, 3, 1)]),
  usage("gamma", "", 0, 0, 0),
  `update transfers set ended_as = 'declined', decline_reason = 'no', first_previewed_at = 1, first_previewed_by = 'bound',
    last_previewed_at = 1, last_previewed_by = 'other' where id = 'withdrawn'`,
  event("volume.created", "null", "null"),
  event("volume_transfer.accepted", "'beta'", `json('{"id":"taken"}')`),
  "insert into event_endpoints (id, url, cursor, lease_id, lease_until) values ('hook', 'https://hook', 2, 'w', 1)",
  `insert into event_retries (endpoint_id, event_seq, volume_id, attempts, next_at, until_at)
    values ('hook', 1, 'kept', 1, 1, 1)`,
];

/** A violation of each invariant: its title in the output of `npm run fsck`, and SQL that causes it. */
export const VIOLATIONS: readonly (readonly [broken: string, sql: readonly string[]])[] = [
  ["volume without a project", ["update volumes set project_id = '' where id = 'kept'"]],
  [
    "duplicate id",
    ["drop index transfers_id_unique", transfer("taken", "another volume", "alpha", "0, null, 1, null")],
  ],
  ...[
    ["drop index transfers_by_volume"],
    [
      "drop index transfers_by_volume",
      "create index transfers_by_volume on transfers (volume_id) where deleted_at is null",
    ],
    ["drop index volumes_id_unique", "create unique index volumes_id_unique on volumes (project_id, id)"],
    ["drop index snapshots_by_volume"],
  ].map((sql) => ["definition that differs from the migrations", sql] as const),
  ["table of an unfinished restore", ["create table restoring_volumes (id)"]],
  ...[
    "update volumes set created_at = 'yesterday' where id = 'kept'",
    "update volumes set size = 'two' where id = 'kept'",
    "update snapshots set display_name = x'00' where id = 'stayed'",
    "update transfers set expires_at = 1.5 where id = 'open'",
    "update quotas set volumes_limit = 'many' where project_id = 'gamma'",
  ].map((sql) => [`value of the wrong type in ${tableOf(sql)}`, [sql]] as const),
  ...[
    "update volumes set created_at = 9000000000000000000 where id = 'kept'",
    "update transfers set deleted_at = -1 where id = 'gone'",
  ].map((sql) => [`time that is out of range in ${tableOf(sql)}`, [sql]] as const),
  ["limit below -1 in quotas", ["update quotas set gigabytes_limit = -2 where project_id = 'gamma'"]],
  ...["no JSON", "", "[]", '{"a":1}', '{"a":{"b":"c"}}'].map(
    (metadata) =>
      [
        "metadata that is not an object of texts in volumes",
        [`update volumes set metadata = '${metadata}' where id = 'kept'`],
      ] as const,
  ),
  [
    "progress that is not a percentage in snapshots",
    ["update snapshots set progress = '101%' where id = 'stayed'"],
  ],
  [
    "metadata that is not an object of texts in snapshots",
    ["update snapshots set metadata = '{' where id = 'stayed'"],
  ],
  ...[
    "update volumes set status = 'lost' where id = 'kept'",
    "update snapshots set status = 'in-use' where id = 'stayed'",
    "insert into settings (name, value) values ('colour', 'blue')",
  ].map((sql) => [`unknown value in ${tableOf(sql)}`, [sql]] as const),
  ...[
    "insert into failed_attempts (transfer_id, project_id, attempts) values ('absent', 'beta', 1)",
    "insert into failed_attempts (transfer_id, project_id, attempts) values ('open', 'beta', 0)",
  ].map((sql) => ["failed attempts of an absent transfer, or less than one", [sql]] as const),
  ...[
    "insert into create_rates (project_id, minute, transfers) values ('alpha', 1, 0)",
    "insert into volume_rates (project_id, minute, volumes) values ('alpha', 1, 0)",
  ].map((sql) => ["rate of creation that no request can write", [sql]] as const),
  ...[
    "insert or replace into settings (name, value) values ('auth_key_secret_check', 'short')",
    "insert or replace into settings (name, value) values ('mode', 'other')",
  ].map((sql) => ["setting with a value that no service can write", [sql]] as const),
  [
    "volume in the database of a service in front of a Cinder",
    ["insert or replace into settings (name, value) values ('mode', 'facade')"],
  ],
  ...[
    "update quotas set volumes_in_use = 3 where project_id = 'alpha' and volume_type = ''",
    "update quotas set gigabytes_in_use = 4 where project_id = 'alpha' and volume_type = '__DEFAULT__'",
    "update quotas set snapshots_in_use = 2 where project_id = 'beta' and volume_type = ''",
    "update quotas set volumes_in_use = 1 where project_id = 'gamma'",
    "delete from quotas where project_id = 'beta' and volume_type = ''",
    "delete from quotas where project_id = 'beta' and volume_type = '__DEFAULT__'",
    usage("delta", "LUKS", 0, 1, 0),
    "delete from volumes where id = 'kept'",
    "update snapshots set volume_size = 2 where id = 'stayed'",
  ].map((sql) => ["usage in quotas that differs from the resources", [sql]] as const),
  [
    "volume with several open transfers",
    ["drop index transfers_by_volume", transfer("second", "offered", "alpha", "0, null, null, null")],
  ],
  [
    "open transfer of a volume that its source project does not own",
    ["update volumes set project_id = 'beta' where id = 'offered'"],
  ],
  [
    "open transfer of a volume that its source project does not own",
    ["delete from volumes where id = 'offered'"],
  ],
  ...["deleted_at", "destination_project_id", "closed_by_request"].map(
    (column) =>
      [
        "accepted transfer without a time, destination or request",
        [`update transfers set ${column} = null where id = 'taken'`],
      ] as const,
  ),
  ...[
    "update transfers set closed_by_request = 'req-1' where id = 'open'",
    "update transfers set idempotency_key = 'k' where id = 'withdrawn'",
  ].map((sql) => ["transfer with values of an accept that is not accepted", [sql]] as const),
  ...[
    "destination_project_id = null",
    "closed_by_request = ''",
    "expires_at = 1",
    "accepted = 1",
    "ended_as = null",
    "ended_as = 'replaced'",
    `decline_reason = '${"x".repeat(256)}'`,
  ].map(
    (value) =>
      [
        "declined or replaced transfer with other values than those acts write",
        [`update transfers set ${value} where id = 'withdrawn'`],
      ] as const,
  ),
  [
    "declined or replaced transfer with other values than those acts write",
    ["update transfers set ended_as = 'replaced' where id = 'open'"],
  ],
  ["unknown value in transfers", ["update transfers set ended_as = 'lost' where id = 'withdrawn'"]],
  ...["key_required = 0", "key_required = 2"].map(
    (value) =>
      ["transfer without a key for no project", [`update transfers set ${value} where id = 'open'`]] as const,
  ),
  ...[
    "first_previewed_at = 2",
    "first_previewed_at = null",
    "last_previewed_by = null",
    "last_previewed_by = source_project_id",
    "first_previewed_by = 'alpha'",
  ].map(
    (value) =>
      ["receipts that no previews leave", [`update transfers set ${value} where id = 'withdrawn'`]] as const,
  ),
  ...[
    // The event says that it was accepted.
    ["update transfers set accepted = 0 where id = 'taken'"],
    ["update transfers set ended_as = 'declined' where id = 'taken'"],
    ["update transfers set deleted_at = null where id = 'taken'"],
    [event("volume_transfer.deleted", "null", `json('{"id":"taken"}')`)],
    [event("volume_transfer.declined", "null", `json('{"id":"gone"}')`)],
    [event("volume_transfer.rekeyed", "null", `json('{"id":"taken"}')`)],
  ].map((sql) => ["event that contradicts its transfer", sql] as const),
  [
    "volume whose project is not the owner after its last transfer",
    ["update volumes set project_id = 'alpha' where id = 'accepted'"],
  ],
  [
    "volume whose project is not the owner after its last transfer",
    ["update transfers set accepted = 0, idempotency_key = null where id = 'taken'"],
  ],
  [
    "transfer created by a project that did not own the volume",
    [transfer("late", "accepted", "alpha", "1, 'beta', 4, 'req-2'")],
  ],
  ...[
    "update transfers set auth_key_hmac = 'x' where id = 'open'",
    "update transfers set auth_key_hmac = replace(auth_key_hmac, 'a', 'G') where id = 'gone'",
    "update transfers set failed_attempts = -1 where id = 'open'",
    "update transfers set no_snapshots = 2 where id = 'open'",
    "update transfers set expires_at_shown = 1 where id = 'open'",
    "update transfers set source_project_id = '' where id = 'gone'",
  ].map((sql) => ["transfer with values that no request can write", [sql]] as const),
  ...[
    "update transfers set accepting_until = 1 where id = 'open'",
    "update transfers set in_cinder = 1 where id = 'open'",
    "update transfers set sealed_key = 'sealed' where id = 'gone'",
    "update transfers set volume = '{}' where id = 'gone'",
    "insert into openings (id, volume_id, project_id, created_at, ends_at) values ('req-9', 'kept', 'alpha', 2, 1)",
  ].map((sql) => ["transfer in front of a Cinder with values that no request can write", [sql]] as const),
  ["snapshot without a volume or a project", ["update snapshots set project_id = ' ' where id = 'stayed'"]],
  ...[
    "update volumes set volume_type = 'gone' where id = 'kept'",
    "insert into quotas (project_id, volume_type) values ('alpha', 'gone')",
    "insert into volume_type_access (volume_type, project_id) values ('gone', 'alpha')",
  ].map((sql) => ["volume, quota or access of a type that does not exist", [sql]] as const),
  [
    "default volume type that is missing",
    ["update volume_types set key = 'other' where key = '__DEFAULT__'"],
  ],
  ...[
    "name = ' '",
    "is_public = 2",
    "extra_specs = '['",
    `extra_specs = '{"a":1}'`,
    "encryption = '{}'",
    "encryption = 'luks'",
  ].map(
    (value) =>
      [
        "volume type with values that no request can write",
        [`update volume_types set ${value} where key = 'LUKS'`],
      ] as const,
  ),
  ...["bootable = 2", "readonly = -1", "attach_status = 'detached'", "managed_reference = '[]'"].map(
    (value) =>
      [
        "volume with values that no request can write",
        [`update volumes set ${value} where id = 'kept'`],
      ] as const,
  ),
  ...[
    "update volumes set imported_fields = '{', imported_project_id = 'alpha' where id = 'kept'",
    "update volumes set imported_fields = '{}' where id = 'kept'",
    "update snapshots set imported_project_id = 'alpha' where id = 'stayed'",
  ].map((sql) => ["import that no command has made", [sql]] as const),
  ...["'[]'", "'{'"].map(
    (value) =>
      [
        "snapshot with values that no request can write",
        [`update snapshots set managed_reference = ${value} where id = 'stayed'`],
      ] as const,
  ),
  ...["type = 'volume.lost'"].map(
    (value) => ["unknown value in events", [`update events set ${value} where seq = 1`]] as const,
  ),
  ...[
    "data = '{'",
    "data = '[]'",
    "volume_id = 'other'",
    "origin = '[]'",
    "destination_project_id = 'beta'",
    "source_project_id = ''",
    "nonce = 'x'",
    `data = json_set(data, '$.auth_key', 'x')`,
    `data = json_set(data, '$.transfer', json('{"auth_key_hmac":"x"}')), type = 'volume_transfer.rekeyed'`,
    "type = 'volume_transfer.created'",
  ].map(
    (value) =>
      ["event with values that no request can write", [`update events set ${value} where seq = 1`]] as const,
  ),
  ...[
    "update event_endpoints set cursor = 0",
    "update event_endpoints set cursor = -1",
    "update event_endpoints set lease_id = null",
    "update event_retries set attempts = -1",
    "delete from event_endpoints",
  ].map((sql) => ["delivery state that no Worker can write", [sql]] as const),
  ["size of 0 or less", ["update snapshots set volume_size = 0 where id = 'stayed'"]],
];

/** States that only an admin can cause: their titles, and SQL that causes them. */
export const NOTICES: typeof VIOLATIONS = [
  [
    "volume in awaiting-transfer without an open transfer",
    ["update volumes set status = 'awaiting-transfer' where id = 'kept'"],
  ],
  [
    "open transfer of a volume that is not in awaiting-transfer",
    ["update volumes set status = 'error' where id = 'offered'"],
  ],
  ["index or trigger that no migration makes", ["create index added on volumes (user_id)"]],
];

function tableOf(sql: string): string {
  return /(?:update|into) (\w+)/.exec(sql)?.[1] ?? "";
}
