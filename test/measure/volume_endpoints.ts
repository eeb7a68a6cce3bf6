import { type Calls, idOf } from "./calls.ts";
import { everyManageEndpoint } from "./manage_endpoints.ts";
import { IDLE, NOBODY, SNAPSHOT, seededId } from "./seed.ts";

/** Calls every endpoint of volumes and of snapshots. */
export async function everyVolumeEndpoint(calls: Calls): Promise<void> {
  const { call, measure, get, middle } = calls;
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
    "?limit=10&updated_at=gt:2100-01-01T00:00:00",
    "?limit=10&sort=updated_at:asc",
    "?limit=10&sort=updated_at:desc&updated_at=gt:2000-01-01T00:00:00",
    `?limit=10&sort=updated_at:asc&updated_at=gt:2000-01-01T00:00:00&${marker}`,
    `?limit=10&sort=updated_at:desc&updated_at=lt:2100-01-01T00:00:00&${marker}`,
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
  await get(`/volumes/${seededId(IDLE, middle)}/encryption`);
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
  await everyMetadataEndpoint(calls, `/volumes/${volume}/metadata`);
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

  await everySnapshotEndpoint(calls, volume);
  await measure("DELETE /volumes/{id}", () => call("owner", "DELETE", `/volumes/${volume}`));
  await measure("DELETE /volumes/{id}: not found", () => call("owner", "DELETE", `/volumes/${NOBODY}`));
}

/** @param volume the id of a volume without snapshots, which has none afterwards */
async function everySnapshotEndpoint(calls: Calls, volume: string): Promise<void> {
  const { call, measure, get, create, middle } = calls;
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
  await measure("POST /volumes/{id}/action: revert", () =>
    call("owner", "POST", `/volumes/${volume}/action`, { revert: { snapshot_id: snapshot } }),
  );
  await measure("POST /volumes/{id}/action: revert, refused", () =>
    call("owner", "POST", `/volumes/${volume}/action`, { revert: { snapshot_id: NOBODY } }),
  );
  await everyMetadataEndpoint(calls, `/snapshots/${snapshot}/metadata`);
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
}

/** Calls every endpoint of the metadata of a volume or snapshot. */
async function everyMetadataEndpoint({ call, measure }: Calls, path: string): Promise<void> {
  const label = path.replace(/[0-9a-f-]{36}/, "{id}");
  await measure(`POST ${label}`, () => call("owner", "POST", path, { metadata: { a: "1" } }));
  await measure(`PUT ${label}`, () => call("owner", "PUT", path, { metadata: { a: "1" } }));
  await measure(`GET ${label}`, () => call("owner", "GET", path));
  await measure(`GET ${label}/a`, () => call("owner", "GET", `${path}/a`));
  await measure(`PUT ${label}/a`, () => call("owner", "PUT", `${path}/a`, { meta: { a: "2" } }));
  await measure(`DELETE ${label}/a`, () => call("owner", "DELETE", `${path}/a`));
  await measure(`DELETE ${label}/a: not found`, () => call("owner", "DELETE", `${path}/a`));
}
