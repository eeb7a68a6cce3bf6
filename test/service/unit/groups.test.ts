import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { ALICE, createVolume, post, request } from "./service.ts";

// A volume or snapshot is part of a group only if it was imported from one, which no request does.

const ADMIN = "root:alpha:admin";
const GROUP = "bbbbbbbb-1111-4222-8333-444444444444";
const BOTH = [{ group_id: GROUP }, { consistencygroup_id: GROUP }];
const NOT_DELETABLE = /^Invalid volume: Volume .* must not be migrating, attached, belong to a group, /;

let volume = "";
beforeEach(async () => {
  volume = await createVolume();
});

const setImported = (table: "volumes" | "snapshots", id: string, fields: object) =>
  env.DB.prepare(`update ${table} set imported_fields = ? where id = ?`)
    .bind(JSON.stringify(fields), id)
    .run();
const act = (action: object, token = ADMIN, path = `volumes/${volume}`) =>
  post(`/v3/${path}/action`, action, token);
const remove = (path: string) =>
  request(`/v3/${path}`, { method: "DELETE", headers: { "X-Auth-Token": ALICE } });
const messageOf400 = async (response: Response) => {
  expect(response.status).toBe(400);
  const { badRequest } = await response.json<{ badRequest: { message: string } }>();
  return badRequest.message;
};
const statusOf = async (path: string) =>
  (await request(`/v3/${path}`, { headers: { "X-Auth-Token": ALICE } })).status;
const createType = async () => {
  const name = `type ${crypto.randomUUID()}`;
  expect((await post("/v3/types", { volume_type: { name } }, ADMIN)).status).toBe(200);
  return name;
};

describe.each(BOTH)("a volume with %o", (fields) => {
  beforeEach(() => setImported("volumes", volume, fields));

  it("is neither deleted, also with force, nor unmanaged", async () => {
    expect(await messageOf400(await remove(`volumes/${volume}`))).toMatch(NOT_DELETABLE);
    expect(await messageOf400(await remove(`volumes/${volume}?cascade=true`))).toMatch(NOT_DELETABLE);
    expect(await messageOf400(await act({ "os-force_delete": {} }))).toMatch(NOT_DELETABLE);
    expect(await messageOf400(await act({ "os-unmanage": {} }))).toMatch(NOT_DELETABLE);
    expect(await statusOf(`volumes/${volume}`)).toBe(200);
  });

  it("is not retyped", async () => {
    expect(await messageOf400(await act({ "os-retype": { new_type: await createType() } }, ALICE))).toMatch(
      /^Invalid volume: Retype needs volume .*not be part of an active migration or a consistency group/,
    );
  });

  it("is accepted only if the group is no consistency group, and its transfer can be deleted", async () => {
    const { transfer } = await (
      await post("/v3/volume-transfers", { transfer: { volume_id: volume } })
    ).json<{ transfer: { id: string; auth_key: string } }>();
    const { id, auth_key } = transfer;
    const send = (verb: string, key = auth_key) =>
      post(`/v3/volume-transfers/${id}/${verb}`, { [verb]: { auth_key: key } }, "bob:beta");
    expect(await messageOf400(await send("accept", "0".repeat(16)))).toMatch(/invalid auth key/);
    if ("consistencygroup_id" in fields) {
      const message = `Invalid volume: Volume ${volume} must not be part of a consistency group.`;
      expect(await messageOf400(await send("preview"))).toBe(message);
      expect(await messageOf400(await send("accept"))).toBe(message);
      expect((await remove(`volume-transfers/${id}`)).status).toBe(202);
      expect(await statusOf(`volumes/${volume}`)).toBe(200);
    } else {
      expect((await send("preview")).status).toBe(200);
      expect((await send("accept")).status).toBe(202);
    }
  });

  it("can be extended, and made a snapshot of", async () => {
    expect((await act({ "os-extend": { new_size: 2 } }, ALICE)).status).toBe(202);
    expect((await post("/v3/snapshots", { snapshot: { volume_id: volume } })).status).toBe(202);
  });
});

it.each([
  { group_id: null, consistencygroup_id: null },
  { group_id: "", consistencygroup_id: "" },
])("a volume with %o belongs to no group", async (fields) => {
  await setImported("volumes", volume, fields);
  expect((await act({ "os-retype": { new_type: await createType() } }, ALICE)).status).toBe(202);
  expect((await remove(`volumes/${volume}`)).status).toBe(202);
});

it("a list of volumes can be filtered by group", async () => {
  await setImported("volumes", volume, { group_id: "g" });
  const listed = async (filter: string) => {
    const headers = { "X-Auth-Token": ADMIN, "OpenStack-API-Version": "volume 3.71" };
    const response = await request(`/v3/volumes?${filter}`, { headers });
    const { volumes } = await response.json<{ volumes: { id: string }[] }>();
    return volumes.map(({ id }) => id);
  };
  expect(await listed("group_id=g")).toEqual([volume]);
  expect(await listed("group_id=None")).not.toContain(volume);
});

describe("a snapshot that is part of a group's", () => {
  let snapshot = "";
  beforeEach(async () => {
    const response = await post("/v3/snapshots", { snapshot: { volume_id: volume } });
    ({
      snapshot: { id: snapshot },
    } = await response.json<{ snapshot: { id: string } }>());
    await setImported("snapshots", snapshot, { group_snapshot_id: GROUP });
  });

  it("is neither deleted, also with force, nor unmanaged", async () => {
    const path = `snapshots/${snapshot}`;
    const refusal =
      "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.";
    expect(await messageOf400(await remove(path))).toBe(refusal);
    expect(await messageOf400(await act({ "os-unmanage": {} }, ADMIN, path))).toBe(refusal);
    expect(await messageOf400(await act({ "os-force_delete": {} }, ADMIN, path))).toBe(
      "Invalid snapshot: Snapshot  must not be part of a group.",
    );
    expect(await statusOf(path)).toBe(200);
  });

  it("is not deleted together with its volume, which then stays as it is", async () => {
    expect(await messageOf400(await remove(`volumes/${volume}?cascade=true`))).toBe(
      "Invalid volume: Failed to update snapshot.",
    );
    expect(await messageOf400(await remove(`volumes/${volume}`))).toMatch(NOT_DELETABLE);
    expect(await statusOf(`volumes/${volume}`)).toBe(200);
  });
});
