import { beforeEach, describe, expect, it } from "vitest";
import { Client, UNKNOWN_ID } from "../../support/client.ts";
import { member, textOf } from "../../support/member.ts";
import { DATABASES } from "../databases.ts";
import { DEFAULT_ID, setUpTypes } from "./setup.ts";

describe.each(DATABASES)("volume types, on %s", (_database, url) => {
  let { admin, client, name, create, createVolumeOf } = setUpTypes(url);
  beforeEach(() => {
    ({ admin, client, name, create, createVolumeOf } = setUpTypes(url));
  });

  describe("POST /v3/{project_id}/types", () => {
    it("creates a type, which everybody may use", async () => {
      const { status, body } = await admin.send("POST", "types", {
        volume_type: { name, description: "fast", extra_specs: { multiattach: "<is> False", secret: "x" } },
      });
      expect(status).toBe(200);
      const id = textOf(member(body, "volume_type"), "id");
      expect(member(body, "volume_type")).toEqual({
        id,
        name,
        description: "fast",
        is_public: true,
        extra_specs: { multiattach: "<is> False", secret: "x" },
        "os-volume-type-access:is_public": true,
      });
      expect((await admin.get(`types/${id}`)).body).toMatchObject({ volume_type: { qos_specs_id: null } });
      expect((await client.get(`types/${id}`)).body).toEqual({
        volume_type: {
          id,
          name,
          description: "fast",
          is_public: true,
          // The others are for admins.
          extra_specs: { multiattach: "<is> False" },
          "os-volume-type-access:is_public": true,
        },
      });
    });

    it("returns 409 for a name that is taken, also to one of two concurrent requests", async () => {
      const answers = await Promise.all(
        [1, 2].map(() => admin.send("POST", "types", { volume_type: { name } })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect((await admin.send("POST", "types", { volume_type: { name } })).body).toEqual({
        conflictingRequest: { code: 409, message: `Volume Type ${name} already exists.` },
      });
    });

    it.each([
      {},
      { name: "" },
      { name: "  " },
      { name: "n".repeat(256) },
      { name: null },
      { name: "n", extra_specs: { "🔑": "v" } },
      { name: "n", extra_specs: { k: 1 } },
      { name: "n", "os-volume-type-access:is_public": "perhaps" },
      { name: "n", is_public: true },
    ])("returns 400 for %j", async (volume_type) => {
      expect((await admin.send("POST", "types", { volume_type })).status).toBe(400);
    });

    it("returns 403 to others than admins", async () => {
      expect((await client.send("POST", "types", { volume_type: { name } })).status).toBe(403);
    });
  });

  describe("GET /v3/{project_id}/types", () => {
    it("lists public types, newest first, page by page", async () => {
      const first = await create();
      const second = await create({ name: `${name} b` });
      // Other tests create types too.
      const listed: string[] = [];
      for (let path = "types?limit=1"; !listed.includes(first) && listed.length < 100; ) {
        const { body } = await client.get(path);
        const [type] = Object.values(member(body, "volume_types") ?? []);
        const [link] = Object.values(member(body, "volume_type_links") ?? []);
        const id = textOf(type, "id");
        expect(textOf(link, "href")).toContain(`marker=${id}`);
        path = `types?limit=1&marker=${id}`;
        listed.push(id);
      }
      expect(listed.filter((id) => [first, second].includes(id))).toEqual([second, first]);
      const sorted = await client.get("types?sort=name:asc");
      const names = Object.values(member(sorted.body, "volume_types") ?? []).map((type) =>
        textOf(type, "name"),
      );
      expect(names).toEqual(names.toSorted());
      expect((await client.get(`types?marker=${UNKNOWN_ID}`)).status).toBe(404);
      expect((await client.get("types?sort=extra_specs")).status).toBe(400);
    });

    it("lists a private type to the projects that may use it, and to admins who ask for it", async () => {
      const id = await create({ "os-volume-type-access:is_public": false });
      const listed = async (as: Client, query = "") =>
        Object.values(member((await as.get(`types${query}`)).body, "volume_types") ?? []).some(
          (type) => textOf(type, "id") === id,
        );
      expect(await listed(client)).toBe(false);
      expect(await listed(client, "?is_public=false")).toBe(false);
      expect(await listed(admin)).toBe(false);
      expect(await listed(admin, "?is_public=None")).toBe(true);
      expect(await listed(admin, "?is_public=False")).toBe(true);
      expect(await listed(admin, "?is_public=true")).toBe(false);
      await admin.send("POST", `types/${id}/action`, { addProjectAccess: { project: client.project } });
      expect(await listed(client)).toBe(true);
      expect((await admin.get("types?is_public=perhaps")).body).toEqual({
        badRequest: { code: 400, message: "Invalid is_public filter [perhaps]" },
      });
    });
  });

  describe("GET /v3/{project_id}/types?extra_specs=", () => {
    const ZONES = "RESKEY:availability_zones";
    const value = crypto.randomUUID();
    const listed = async (as: Client, filter: object | string, query = "") => {
      const text = typeof filter === "string" ? filter : JSON.stringify(filter);
      const { status, body } = await as.get(`types?extra_specs=${encodeURIComponent(text)}${query}`);
      expect(status).toBe(200);
      return Object.values(member(body, "volume_types") ?? []).map((type) => textOf(type, "id"));
    };
    const at = (microversion: string) => new Client(url, { project: client.project, microversion });

    it("lists the types that have all of the extra specs", async () => {
      const id = await create({ extra_specs: { multiattach: value, [ZONES]: "nova, West" } });
      const other = await create({ name: `${name} b`, extra_specs: { multiattach: value } });
      expect(await listed(client, { multiattach: value })).toEqual([other, id]);
      // As clients in Python write it.
      expect(await listed(client, `{'multiattach': '${value}'}`)).toEqual([other, id]);
      expect(await listed(client, { multiattach: value }, `&limit=1&marker=${other}`)).toEqual([id]);
      expect(await listed(client, { multiattach: value, [ZONES]: "west" })).toEqual([id]);
      expect(await listed(client, { multiattach: value, replication_enabled: "x" })).toEqual([]);
      expect(await listed(client, { multiattach: `${value}x` })).toEqual([]);
      expect(await listed(client, "x")).toEqual([]);
    });

    it("finds extra specs that users do not see for admins alone", async () => {
      const id = await create({ extra_specs: { secret: value } });
      expect(await listed(admin, { secret: value })).toEqual([id]);
      expect(await listed(client, { secret: value })).toEqual([]);
      expect(await listed(client, { multiattach: value, secret: "no" })).toEqual([]);
    });

    it("is ignored for users before 3.52, as every filter; from then on unknown ones are a 400", async () => {
      const id = await create();
      const filter = { multiattach: "a value of no type" };
      expect(await listed(at("3.51"), filter)).toContain(id);
      expect(await listed(at("3.52"), filter)).toEqual([]);
      expect((await at("3.51").get("types?colour=red")).status).toBe(200);
      expect((await at("3.52").get("types?colour=red&all_tenants=1&is_public=x")).body).toEqual({
        badRequest: { code: 400, message: "Invalid filters colour are found in query options." },
      });
      expect(await listed(admin, {}, `&name=${encodeURIComponent(name)}`)).toEqual([id]);
      expect(await listed(admin, {}, "&colour=red")).toEqual([]);
    });
  });

  describe("GET /v3/{project_id}/types/{volume_type_id}", () => {
    it("returns 404 for a type that does not exist, or that is another's", async () => {
      const id = await create({ "os-volume-type-access:is_public": false });
      expect((await admin.get(`types/${id}`)).status).toBe(200);
      for (const unknown of [id, UNKNOWN_ID]) {
        expect((await client.get(`types/${unknown}`)).body.itemNotFound?.message).toBe(
          `Volume type ${unknown} could not be found.`,
        );
      }
    });

    it("shows members whether a type is public, but not readers, and never of the default type", async () => {
      const id = await create({ "os-volume-type-access:is_public": true });
      const shows = async (roles: string, path: string) => {
        const { body } = await new Client(url, { roles }).get(path);
        const [type] = body.volume_types ?? [member(body, "volume_type")];
        expect(type).toMatchObject({ is_public: true });
        return Object.hasOwn(Object(type), "os-volume-type-access:is_public");
      };
      for (const path of [`types/${id}`, "types?limit=1"]) {
        expect(await shows("admin", path)).toBe(true);
        expect(await shows("manager", path)).toBe(true);
        expect(await shows("member", path)).toBe(true);
        expect(await shows("reader", path)).toBe(false);
      }
      for (const roles of ["admin", "member", "reader"])
        expect(await shows(roles, "types/default")).toBe(false);
    });

    it("shows the default type under the name default", async () => {
      expect(member((await client.get("types/default")).body, "volume_type")).toMatchObject({
        id: DEFAULT_ID,
      });
    });
  });

  describe("PUT /v3/{project_id}/types/{volume_type_id}", () => {
    it("renames a type, with its volumes and quotas", async () => {
      const id = await create();
      const volume = (await createVolumeOf(name)).body.volume.id;
      await admin.setQuota(client.project, { [`volumes_${name}`]: 7 });
      const changes = { name: `${name} renamed`, description: "d", is_public: true };
      const { status, body } = await admin.send("PUT", `types/${id}`, { volume_type: changes });
      expect(status).toBe(200);
      expect(member(body, "volume_type")).toEqual({ id, ...changes, extra_specs: {} });
      expect((await client.get(`volumes/${volume}`)).body.volume).toMatchObject({
        volume_type: changes.name,
      });
      const { quota_set } = (await client.get(`os-quota-sets/${client.project}?usage=True`)).body;
      expect(quota_set[`volumes_${changes.name}`]).toEqual({ limit: 7, in_use: 1, reserved: 0 });
      expect(quota_set[`volumes_${name}`]).toBeUndefined();
    });

    it("returns 404 for no type, 409 for the name of another, 400 without a change", async () => {
      const id = await create();
      const put = async (path: string, volume_type: object) =>
        (await admin.send("PUT", `types/${path}`, { volume_type })).status;
      expect(await put(UNKNOWN_ID, { name: "n" })).toBe(404);
      expect(await put(id, { name: "LUKS" })).toBe(409);
      expect(await put(id, { name })).toBe(200);
      expect(await put(id, {})).toBe(400);
      expect(await put(id, { name: " " })).toBe(400);
      expect((await client.send("PUT", `types/${id}`, { volume_type: { name: "n" } })).status).toBe(403);
    });
  });

  describe("DELETE /v3/{project_id}/types/{volume_type_id}", () => {
    it("deletes a type that no volume has, with its limits", async () => {
      const id = await create();
      const volume = (await createVolumeOf(id)).body.volume.id;
      await admin.setQuota(client.project, { [`volumes_${name}`]: 7 });
      expect((await admin.send("DELETE", `types/${id}`)).body.badRequest?.message).toBe(
        "Target volume type is still in use.",
      );
      expect((await client.send("DELETE", `volumes/${volume}`)).status).toBe(202);
      expect((await client.send("DELETE", `types/${id}`)).status).toBe(403);
      expect((await admin.send("DELETE", `types/${id}`)).status).toBe(202);
      expect((await admin.send("DELETE", `types/${id}`)).status).toBe(404);
      // A type of the same name begins anew.
      await create();
      const { quota_set } = (await client.get(`os-quota-sets/${client.project}?usage=True`)).body;
      expect(quota_set[`volumes_${name}`]).toEqual({ limit: -1, in_use: 0, reserved: 0 });
    });

    it("refuses to delete the default type", async () => {
      expect((await admin.send("DELETE", `types/${DEFAULT_ID}`)).status).toBe(400);
      expect((await admin.get("types/default")).status).toBe(200);
    });

    it("races with the creation of a volume: either the type or the volume is refused", async () => {
      for (let round = 0; round < 5; round++) {
        const id = await create({ name: `${name} ${round}` });
        const [made, deleted] = await Promise.all([createVolumeOf(id), admin.send("DELETE", `types/${id}`)]);
        expect([
          [202, 400],
          [404, 202],
        ]).toContainEqual([made.status, deleted.status]);
      }
    });
  });
});
