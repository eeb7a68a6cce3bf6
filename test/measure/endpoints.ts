// Calls every endpoint of the service, some in several ways, in a project with the rows of `seed`. The tests of cost
// measure the round trips and the rows read.

/** Sends a request as a user of the seeded project (`owner`), of another project, or as an admin. */
export type Call = (
  as: "owner" | "other" | "admin",
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: unknown }>;

/** Measures the requests that `request` sends. Others prepare. */
export type Measure = (label: string, request: () => Promise<{ status: number }>) => Promise<void>;

const OWNER_PROJECT = "11111111111111111111111111111111";
const OTHER_PROJECT = "22222222222222222222222222222222";
/** The tokens of these users. */
export const TOKENS = {
  owner: `olga:${OWNER_PROJECT}`,
  other: `otto:${OTHER_PROJECT}`,
  admin: `root:${OWNER_PROJECT}:admin`,
};
/** The paths without a version and a project. */
const OPEN = [
  "/",
  "/regions",
  "/v3",
  "/v3/",
  "/healthcheck",
  "/readyz",
  "/metrics",
  "/openapi.json",
  "/docs",
  "/docs/swagger-ui.css",
  "/handoff",
  "/handoff/page-00000000.js",
  "/handoff/session",
  "/handoff/projects",
  "/handoff/sign-in",
  "/handoff/callback",
];
/** Returns the whole path of a path that `everyEndpoint` names. */
export const wholePath = (path: string): string => (OPEN.includes(path) ? path : `/v3${path}`);
const NOBODY = "aaaaaaaa-1111-4222-8333-444444444444";

/** Returns the id of the nth seeded row of a kind. */
const seededId = (kind: string, n: number): string =>
  `${kind}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const idSql = (kind: string): string => `'${kind}-0000-4000-8000-' || printf('%012x', n)`;
const OFFERED = "0ffe0000";
const IDLE = "1d1e0000";
const TRANSFER = "7a000000";
const CLOSED = "c1050000";
const SNAPSHOT = "5a000000";
const EVENT_DATA = JSON.stringify({
  transfer: null,
  volume: { id: NOBODY, name: null, size: 1, volume_type: null, host: null, managed_reference: null },
  snapshot_ids: [],
  destination_project_id: null,
});
/** Returns the id of the nth seeded event. */
const eventIdOf = (n: number): string => `${n + 1}-${n.toString(16).padStart(16, "0")}`;

/**
 * Returns SQL that fills the owner's project: `size` volumes with an open transfer, `size` without, each with a
 * snapshot, and `size` closed transfers. The usage of the quota matches.
 */
export function seed(size: number): string[] {
  const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${size})`;
  const volumes = (kind: string, status: string) =>
    `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata) ${numbers}
     select ${idSql(kind)}, '${OWNER_PROJECT}', 'u', 'name ' || (n % 3), 1, '${status}', '__DEFAULT__', '{}' from numbers`;
  const transfers = (kind: string, deleted_at: string) =>
    `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
     ${numbers} select ${idSql(kind)}, ${idSql(OFFERED)}, case n when 2 then 'the one' else 'name ' || (n % 3) end,
     '-', 0, '${OWNER_PROJECT}', ${deleted_at} from numbers`;
  const last = "'ffffffff-ffff-4fff-bfff-ffffffffffff'";
  return [
    // The last row of every index. Without it, a range at the end of an index would cost one row less than others.
    `insert into volumes (id, project_id, user_id, size, status, volume_type, metadata)
     values (${last}, ${last}, 'u', 1, 'available', '__DEFAULT__', '{}')`,
    `insert into snapshots (id, volume_id, project_id, user_id, volume_size, status, metadata)
     values (${last}, ${last}, ${last}, 'u', 1, 'available', '{}')`,
    `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id)
     values (${last}, ${last}, 'name', '-', 0, ${last})`,
    `insert into events (type, volume_id, source_project_id, destination_project_id, nonce, data)
     values ('volume.created', ${last}, ${last}, ${last}, 'ffffffffffffffff', '${EVENT_DATA}')`,
    `insert into events (type, volume_id, source_project_id, destination_project_id, nonce, data) ${numbers}
     select case n % 2 when 0 then 'volume.created' else 'volume.deleted' end, ${idSql(IDLE)},
     case n % 3 when 0 then '${OTHER_PROJECT}' else '${OWNER_PROJECT}' end,
     case n % 3 when 0 then '${OWNER_PROJECT}' end, printf('%016x', n), '${EVENT_DATA}' from numbers`,
    volumes(OFFERED, "awaiting-transfer"),
    volumes(IDLE, "available"),
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
  "settings",
  "events",
];

/**
 * Calls every endpoint.
 *
 * @param size the argument of `seed`
 */
export async function everyEndpoint(call: Call, measure: Measure, size: number): Promise<void> {
  // In the middle of the list, in either order: it has the middle one of the names of `seed`.
  const middle = size / 2 - ((size / 2 - 1) % 3);
  const get = (path: string, as: "owner" | "admin" = "owner") =>
    measure(
      `GET ${path
        .replaceAll(seededId(TRANSFER, middle), "{deep}")
        .replaceAll(eventIdOf(middle), "{deep}")
        .replaceAll(/[0-9a-f]{8}-0[0-9a-f-]{26}/g, "{id}")}${as === "admin" ? " as admin" : ""}`,
      () => call(as, "GET", path),
    );
  const create = async (path: string, body: unknown, kind: string): Promise<string> =>
    idOf((await call("owner", "POST", path, body)).body, kind);

  for (const path of OPEN) await get(path);
  // A user's sign-in needs no database, whatever its outcome.
  for (const method of ["POST", "PUT", "DELETE"]) {
    await measure(`${method} /handoff/session`, () => call("owner", method, "/handoff/session"));
  }

  for (const transfers of ["/volume-transfers", "/os-volume-transfer"]) {
    const deep = `marker=${seededId(TRANSFER, middle)}`;
    for (const query of [
      "",
      "/detail",
      "?limit=10",
      `?limit=10&${deep}`,
      `/detail?limit=10&${deep}`,
      `?limit=10&sort=created_at:asc&${deep}`,
      "?limit=10&sort=display_name:asc",
      `?limit=10&sort=display_name:asc&${deep}`,
      `?limit=10&sort=display_name:desc&${deep}`,
      "?limit=10&name=the+one",
      `?limit=10&name=the+one&sort=display_name:asc`,
      `?volume_id=${seededId(OFFERED, middle)}`,
      "?bogus=1",
    ]) {
      // A whole list grows with the project, up to OSAPI_MAX_LIMIT. Only its growth beyond that would be a defect.
      if (query.includes("?")) await get(transfers + query);
      else await get(`${transfers}${query}?limit=10`);
    }
    for (const query of [
      "?all_tenants=1&limit=10",
      `?all_tenants=1&limit=10&${deep}`,
      `?all_tenants=1&limit=10&sort=display_name:asc&${deep}`,
    ]) {
      await get(transfers + query, "admin");
    }
    await get(`${transfers}/${seededId(TRANSFER, middle)}`);
    await get(`${transfers}/${seededId(CLOSED, middle)}`);

    const closed = `marker=${seededId(CLOSED, middle)}`;
    for (const query of [
      "?limit=10",
      `?limit=10&${closed}`,
      `?limit=10&sort=closed_at:asc&${closed}`,
      `?limit=10&volume_id=${seededId(OFFERED, middle)}`,
      `?limit=10&status=deleted&${closed}`,
    ]) {
      await get(`${transfers}/history${query}`);
    }
    await get(`${transfers}/history?all_tenants=1&limit=10&${closed}`, "admin");

    const volume_id = await create("/volumes", { volume: { size: 1, name: "to offer" } }, "volume");
    await create("/snapshots", { snapshot: { volume_id } }, "snapshot");
    let offer: { id: string; auth_key: string } | undefined;
    const offerIt = async () => {
      const answer = await call("owner", "POST", transfers, { transfer: { volume_id } });
      offer = offerOf(answer.body);
      return answer;
    };
    await measure(`POST ${transfers}`, offerIt);
    await measure(`POST ${transfers}: refused`, () =>
      call("owner", "POST", transfers, { transfer: { volume_id } }),
    );
    await measure(`DELETE ${transfers}/{id}`, () => call("owner", "DELETE", `${transfers}/${offer?.id}`));
    await measure(`DELETE ${transfers}/{id}: not found`, () =>
      call("owner", "DELETE", `${transfers}/${offer?.id}`),
    );
    await offerIt();
    const preview = (auth_key: string | undefined) => () =>
      call("other", "POST", `${transfers}/${offer?.id}/preview`, { preview: { auth_key } });
    await measure(`POST ${transfers}/{id}/preview: wrong key`, preview("0000000000000000"));
    await measure(`POST ${transfers}/{id}/preview`, preview(offer?.auth_key));
    const accept = (auth_key: string | undefined) => () =>
      call("other", "POST", `${transfers}/${offer?.id}/accept`, { accept: { auth_key } });
    await measure(`POST ${transfers}/{id}/accept: wrong key`, accept("0000000000000000"));
    await measure(`POST ${transfers}/{id}/accept`, accept(offer?.auth_key));
    await measure(`POST ${transfers}/{id}/accept: again`, accept(offer?.auth_key));
  }

  for (const query of [
    "?limit=10",
    `?limit=10&marker=${eventIdOf(middle)}`,
    `?limit=10&volume_id=${seededId(IDLE, middle)}`,
    "?limit=10&type=org.openstack.volume.created",
  ]) {
    await get(`/events${query}`);
  }
  await get(`/events?all_tenants=1&limit=10&marker=${eventIdOf(middle)}`, "admin");

  const marker = `marker=${seededId(IDLE, middle)}`;
  for (const query of [
    "?limit=10",
    "/detail?limit=10",
    `?limit=10&${marker}`,
    `/detail?limit=10&sort=created_at:asc&${marker}`,
    `?limit=10&sort=name:asc&${marker}`,
    `?limit=10&sort=status:desc&${marker}`,
    "?limit=10&name=name+1",
    "?limit=10&status=available",
    "?limit=10&with_count=true",
    `/detail?limit=10&with_count=true&${marker}`,
    "?bogus=1",
  ]) {
    await get(`/volumes${query}`);
  }
  // A filter of these reads the project's volumes until the page is full: here each of them matches.
  for (const query of [
    "metadata={}",
    "created_at=gt:2000-01-01T00:00:00",
    "consumes_quota=true",
    "name~=name",
    "bootable=false",
    "availability_zone=nova",
    "migration_status=None",
  ]) {
    await get(`/volumes?limit=10&${query}`);
  }
  await get("/volumes?limit=10&with_count=true&all_tenants=1", "admin");
  await get(`/volumes?all_tenants=1&limit=10&${marker}`, "admin");
  await get(`/volumes/${seededId(IDLE, middle)}`);
  // It reads all volumes of the project: this project has few.
  await measure("GET /volumes/summary", () => call("other", "GET", "/volumes/summary"));
  for (const [name, of] of [
    ["source_volid", IDLE],
    ["snapshot_id", SNAPSHOT],
  ] as const) {
    await measure(`POST /volumes: ${name}`, () =>
      call("owner", "POST", "/volumes", { volume: { [name]: seededId(of, middle) } }),
    );
  }
  await everyManageEndpoint(call, measure);
  let volume = "";
  await measure("POST /volumes", async () => {
    const answer = await call("owner", "POST", "/volumes", { volume: { size: 1 } });
    volume = idOf(answer.body, "volume");
    return answer;
  });
  await measure("PUT /volumes/{id}", () =>
    call("owner", "PUT", `/volumes/${volume}`, { volume: { name: "n" } }),
  );
  const metadata = async (path: string) => {
    const label = path.replace(/[0-9a-f-]{36}/, "{id}");
    await measure(`POST ${label}`, () => call("owner", "POST", path, { metadata: { a: "1" } }));
    await measure(`PUT ${label}`, () => call("owner", "PUT", path, { metadata: { a: "1" } }));
    await measure(`GET ${label}`, () => call("owner", "GET", path));
    await measure(`GET ${label}/a`, () => call("owner", "GET", `${path}/a`));
    await measure(`PUT ${label}/a`, () => call("owner", "PUT", `${path}/a`, { meta: { a: "2" } }));
    await measure(`DELETE ${label}/a`, () => call("owner", "DELETE", `${path}/a`));
    await measure(`DELETE ${label}/a: not found`, () => call("owner", "DELETE", `${path}/a`));
  };
  await metadata(`/volumes/${volume}/metadata`);
  for (const [label, action] of Object.entries({
    reset: { "os-reset_status": { status: "error" } },
    "extend, refused": { "os-extend": { new_size: 2 } },
    available: { "os-reset_status": { status: "available", attach_status: "detached" } },
    extend: { "os-extend": { new_size: 2 } },
    "retype, refused": { "os-retype": { new_type: "LUKS" } },
    bootable: { "os-set_bootable": { bootable: false } },
    readonly: { "os-update_readonly_flag": { readonly: true } },
    reserve: { "os-reserve": {} },
    unreserve: { "os-unreserve": {} },
  })) {
    await measure(`POST /volumes/{id}/action: ${label}`, () =>
      call("admin", "POST", `/volumes/${volume}/action`, action),
    );
  }

  for (const query of [
    "?limit=10",
    "/detail?limit=10",
    `?limit=10&marker=${seededId(SNAPSHOT, middle)}`,
    `?limit=10&sort=name:asc&marker=${seededId(SNAPSHOT, middle)}`,
    `?volume_id=${seededId(IDLE, middle)}`,
    "?limit=10&status=available",
    "?limit=10&with_count=true",
    "?limit=10&metadata={}",
    "?limit=10&name~=name",
    "?limit=10&availability_zone=nova",
  ]) {
    await get(`/snapshots${query}`);
  }
  await get(`/snapshots/${seededId(SNAPSHOT, middle)}`);
  let snapshot = "";
  await measure("POST /snapshots", async () => {
    const answer = await call("owner", "POST", "/snapshots", { snapshot: { volume_id: volume } });
    snapshot = idOf(answer.body, "snapshot");
    return answer;
  });
  await measure("PUT /snapshots/{id}", () =>
    call("owner", "PUT", `/snapshots/${snapshot}`, { snapshot: { name: "n" } }),
  );
  await metadata(`/snapshots/${snapshot}/metadata`);
  await measure("POST /snapshots/{id}/action", () =>
    call("admin", "POST", `/snapshots/${snapshot}/action`, { "os-reset_status": { status: "available" } }),
  );
  const act = (label: string, action: object) =>
    measure(`POST /snapshots/{id}/action: ${label}`, () =>
      call("admin", "POST", `/snapshots/${snapshot}/action`, action),
    );
  await call("admin", "POST", `/snapshots/${snapshot}/action`, { "os-reset_status": { status: "creating" } });
  await act("status", { "os-update_snapshot_status": { status: "available", progress: "100%" } });
  await act("status, refused", { "os-update_snapshot_status": { status: "error" } });
  await measure("DELETE /volumes/{id}: refused", () => call("owner", "DELETE", `/volumes/${volume}`));
  const other = await create("/snapshots", { snapshot: { volume_id: volume } }, "snapshot");
  await measure("POST /snapshots/{id}/action: force delete", () =>
    call("admin", "POST", `/snapshots/${other}/action`, { "os-force_delete": null }),
  );
  await measure("DELETE /snapshots/{id}", () => call("owner", "DELETE", `/snapshots/${snapshot}`));
  await measure("DELETE /volumes/{id}", () => call("owner", "DELETE", `/volumes/${volume}`));
  await measure("DELETE /volumes/{id}: not found", () => call("owner", "DELETE", `/volumes/${NOBODY}`));

  for (const path of [`/os-quota-sets/${OWNER_PROJECT}`, `/os-quota-sets/${OWNER_PROJECT}?usage=True`])
    await get(path);
  await get(`/os-quota-sets/${OWNER_PROJECT}/defaults`);
  await get("/os-quota-class-sets/default", "admin");
  await measure("PUT /os-quota-class-sets/{name}", () =>
    call("admin", "PUT", "/os-quota-class-sets/default", {
      quota_class_set: { volumes: 50, volumes_LUKS: 5 },
    }),
  );
  await measure("PUT /os-quota-sets/{id}", () =>
    call("admin", "PUT", `/os-quota-sets/${OTHER_PROJECT}`, { quota_set: { volumes: 50, volumes_LUKS: 5 } }),
  );
  await measure("DELETE /os-quota-sets/{id}", () =>
    call("admin", "DELETE", `/os-quota-sets/${OTHER_PROJECT}`),
  );
  for (const path of [
    "/limits",
    "/os-availability-zone",
    "/extensions",
    "/extensions/os-used-limits",
    "/resource_filters",
    "/groups",
    "/groups/detail",
    "/group_snapshots",
    "/group_snapshots/detail",
    "/types?limit=2",
    "/types/default",
    "/types/6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10",
  ])
    await get(path);
  await everyTypeEndpoint(call, measure);
}

async function everyManageEndpoint(call: Call, measure: Measure): Promise<void> {
  for (const path of ["/os-snapshot-manage", "/manageable_snapshots"]) {
    const manage = () =>
      call("admin", "POST", path, {
        snapshot: { volume_id: seededId(IDLE, 1), ref: { "source-name": path } },
      });
    let snapshot = "";
    await measure(`POST ${path}`, async () => {
      const answer = await manage();
      snapshot = idOf(answer.body, "snapshot");
      return answer;
    });
    await measure(`POST ${path}: refused`, manage);
    await measure("POST /snapshots/{id}/action: unmanage", () =>
      call("admin", "POST", `/snapshots/${snapshot}/action`, { "os-unmanage": {} }),
    );
  }
  for (const path of ["/os-volume-manage", "/manageable_volumes"]) {
    const manage = () =>
      call("admin", "POST", path, {
        volume: { host: `h${path}`, ref: { "source-name": "lun", size: 1 } },
      });
    let volume = "";
    await measure(`POST ${path}`, async () => {
      const answer = await manage();
      volume = idOf(answer.body, "volume");
      return answer;
    });
    await measure(`POST ${path}: refused`, manage);
    const action = path.includes("os-") ? "os-unmanage" : "os-force_delete";
    await measure(`POST /volumes/{id}/action: ${action}`, () =>
      call("admin", "POST", `/volumes/${volume}/action`, { [action]: null }),
    );
  }
}

async function everyTypeEndpoint(call: Call, measure: Measure): Promise<void> {
  let type = "";
  const send = (label: string, method: string, path = "", body?: unknown) =>
    measure(label, () => call("admin", method, `/types/${type}${path}`, body));
  await measure("POST /types", async () => {
    const answer = await call("admin", "POST", "/types", {
      volume_type: { name: `type ${crypto.randomUUID()}`, "os-volume-type-access:is_public": false },
    });
    type = idOf(answer.body, "volume_type");
    return answer;
  });
  await send("PUT /types/{id}", "PUT", "", { volume_type: { description: "d" } });
  await send("POST /types/{id}/action", "POST", "/action", { addProjectAccess: { project: OWNER_PROJECT } });
  await send("GET /types/{id}/os-volume-type-access", "GET", "/os-volume-type-access");
  await send("POST /types/{id}/extra_specs", "POST", "/extra_specs", { extra_specs: { a: "1" } });
  await send("GET /types/{id}/extra_specs", "GET", "/extra_specs");
  await send("PUT /types/{id}/extra_specs/{key}", "PUT", "/extra_specs/a", { a: "2" });
  await send("GET /types/{id}/extra_specs/{key}", "GET", "/extra_specs/a");
  await send("DELETE /types/{id}/extra_specs/{key}", "DELETE", "/extra_specs/a");
  await send("POST /types/{id}/encryption", "POST", "/encryption", {
    encryption: { provider: "luks", control_location: "front-end" },
  });
  await send("GET /types/{id}/encryption", "GET", "/encryption");
  await send("PUT /types/{id}/encryption/{id}", "PUT", "/encryption/any", { encryption: { cipher: "aes" } });
  await send("GET /types/{id}/encryption/{key}", "GET", "/encryption/cipher");
  await send("DELETE /types/{id}/encryption/{id}", "DELETE", "/encryption/any");
  await send("DELETE /types/{id}", "DELETE");
  await send("DELETE /types/{id}: not found", "DELETE");
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

function idOf(body: unknown, kind: string): string {
  const id = field(field(body, kind), "id");
  if (typeof id !== "string") throw new Error(`no ${kind} in ${JSON.stringify(body)}`);
  return id;
}

function offerOf(body: unknown): { id: string; auth_key: string } {
  const auth_key = field(field(body, "transfer"), "auth_key");
  if (typeof auth_key !== "string") throw new Error(`no auth_key in ${JSON.stringify(body)}`);
  return { id: idOf(body, "transfer"), auth_key };
}
