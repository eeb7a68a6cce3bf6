import { type Call, type Calls, idOf, type Measure, OPEN, OTHER_PROJECT, OWNER_PROJECT } from "./calls.ts";
import { eventIdOf, IDLE, seededId, TRANSFER } from "./seed.ts";
import { everyTransferEndpoint } from "./transfer_endpoints.ts";
import { everyTypeEndpoint } from "./type_endpoints.ts";
import { everyVolumeEndpoint } from "./volume_endpoints.ts";

// Calls every endpoint of the service, some in several ways, in a project with the rows of `seed`. The tests of cost
// measure the round trips and the rows read.

/**
 * Calls every endpoint.
 *
 * @param size the argument of `seed`
 */
export async function everyEndpoint(call: Call, measure: Measure, size: number): Promise<void> {
  // In the middle of the list, in either order: it has the middle one of the names of `seed`.
  const middle = size / 2 - ((size / 2 - 1) % 3);
  const get = (path: string, as: "owner" | "other" | "admin" = "owner") =>
    measure(
      `GET ${path
        .replaceAll(seededId(TRANSFER, middle), "{deep}")
        .replaceAll(eventIdOf(middle), "{deep}")
        .replaceAll(/[0-9a-f]{8}-0[0-9a-f-]{26}/g, "{id}")}${as === "admin" ? " as admin" : ""}`,
      () => call(as, "GET", path),
    );
  const create = async (path: string, body: unknown, kind: string): Promise<string> =>
    idOf((await call("owner", "POST", path, body)).body, kind);

  const calls: Calls = { call, measure, get, create, middle };
  for (const path of OPEN) await get(path);
  // A user's sign-in needs no database, whatever its outcome.
  for (const method of ["POST", "PUT", "DELETE"]) {
    await measure(`${method} /handoff/session`, () => call("owner", method, "/handoff/session"));
  }

  await everyTransferEndpoint(calls);

  for (const query of [
    "?limit=10",
    `?limit=10&marker=${eventIdOf(middle)}`,
    `?limit=10&volume_id=${seededId(IDLE, middle)}`,
    "?limit=10&type=org.openstack.volume.created",
    // The project has none.
    "?limit=10&type=org.openstack.volume_transfer.expired",
  ]) {
    await get(`/events${query}`);
  }
  await get(`/events?all_tenants=1&limit=10&marker=${eventIdOf(middle)}`, "admin");

  await everyVolumeEndpoint(calls);

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
