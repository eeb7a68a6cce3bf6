import { beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN_ID } from "../../support/client.ts";
import { member, textOf } from "../../support/member.ts";
import { DATABASES } from "../databases.ts";
import { DEFAULT_ID, setUpTypes } from "./setup.ts";

describe.each(DATABASES)("volume types, on %s", (_database, url) => {
  let { admin, client, name, create, createVolumeOf } = setUpTypes(url);
  beforeEach(() => {
    ({ admin, client, name, create, createVolumeOf } = setUpTypes(url));
  });

  describe("os-volume-type-access", () => {
    it("lets projects use a private type", async () => {
      const id = await create({ "os-volume-type-access:is_public": false });
      const act = (action: string, project = client.project) =>
        admin.send("POST", `types/${id}/action`, { [action]: { project } });
      expect((await createVolumeOf(name)).body.itemNotFound?.message).toBe(
        `Volume type with name ${name} could not be found.`,
      );
      expect((await act("addProjectAccess")).status).toBe(202);
      expect((await act("addProjectAccess")).status).toBe(409);
      expect((await createVolumeOf(name)).status).toBe(202);
      expect((await admin.get(`types/${id}/os-volume-type-access`)).body).toEqual({
        volume_type_access: [{ volume_type_id: id, project_id: client.project }],
      });
      expect((await act("removeProjectAccess")).status).toBe(202);
      expect((await act("removeProjectAccess")).status).toBe(404);
      expect((await createVolumeOf(name)).status).toBe(404);
    });

    it("belongs to private types only", async () => {
      const id = await create();
      expect((await admin.get(`types/${id}/os-volume-type-access`)).status).toBe(404);
      const project = { project: client.project };
      expect((await admin.send("POST", `types/${id}/action`, { addProjectAccess: project })).status).toBe(
        400,
      );
      expect(
        (await admin.send("POST", `types/${UNKNOWN_ID}/action`, { addProjectAccess: project })).status,
      ).toBe(404);
      expect((await client.send("POST", `types/${id}/action`, { addProjectAccess: project })).status).toBe(
        403,
      );
      for (const body of [{}, { unknown: {} }, { addProjectAccess: project, removeProjectAccess: project }]) {
        expect((await admin.send("POST", `types/${id}/action`, body)).status).toBe(400);
      }
    });
  });

  describe("extra_specs", () => {
    it("are added, shown and deleted while no volume has the type", async () => {
      const id = await create({ extra_specs: { a: "1" } });
      const path = `types/${id}/extra_specs`;
      const added = { extra_specs: { b: "2", "c.d:e-f_g": "3" } };
      expect((await admin.send("POST", path, added)).body).toEqual(added);
      expect((await admin.get(path)).body).toEqual({ extra_specs: { a: "1", ...added.extra_specs } });
      expect((await admin.send("PUT", `${path}/b`, { b: "4" })).body).toEqual({ b: "4" });
      expect((await admin.send("PUT", `${path}/b`, { a: "4" })).status).toBe(400);
      expect((await admin.get(`${path}/b`)).body).toEqual({ b: "4" });
      expect((await admin.send("DELETE", `${path}/b`)).status).toBe(202);
      expect((await admin.send("DELETE", `${path}/b`)).body.itemNotFound?.message).toBe(
        `Volume Type ${id} has no extra specs with key b.`,
      );
      expect((await admin.get(`${path}/b`)).status).toBe(404);
      await createVolumeOf(id);
      for (const [method, end, body] of [
        ["POST", "", added],
        ["PUT", "/a", { a: "2" }],
        ["DELETE", "/a", undefined],
      ] as const) {
        const { body: refused } = await admin.send(method, path + end, body);
        expect(refused.badRequest?.message).toBe("Volume Type is currently in use.");
      }
    });

    it("can be null, beside others", async () => {
      const id = await create({ extra_specs: { a: "1", b: null } });
      const path = `types/${id}/extra_specs`;
      expect((await admin.send("POST", path, { extra_specs: { c: null, a: "2" } })).body).toEqual({
        extra_specs: { c: null, a: "2" },
      });
      expect((await admin.send("PUT", `${path}/d`, { d: null })).body).toEqual({ d: null });
      expect((await admin.get(`${path}/d`)).body).toEqual({ d: null });
      expect((await admin.get(path)).body).toEqual({ extra_specs: { a: "2", b: null, c: null, d: null } });
      expect((await admin.send("DELETE", `${path}/c`)).status).toBe(202);
      expect((await admin.get(path)).body).toEqual({ extra_specs: { a: "2", b: null, d: null } });
    });

    it("are refused with names that Cinder refuses", async () => {
      const id = await create();
      for (const extra_specs of [{ "": "v" }, { "a b": "v" }, { "a/b": "v" }, { k: 5 }]) {
        expect((await admin.send("POST", `types/${id}/extra_specs`, { extra_specs })).status).toBe(400);
      }
    });
  });

  describe("encryption", () => {
    const encryption = { provider: "luks", control_location: "front-end", cipher: "aes", key_size: 256 };

    it("makes the volumes of a type encrypted, which then cannot be offered", async () => {
      const id = await create();
      const path = `types/${id}/encryption`;
      expect((await admin.get(path)).body).toEqual({});
      const { status, body } = await admin.send("POST", path, { encryption });
      expect(status).toBe(200);
      const encryption_id = textOf(member(body, "encryption"), "encryption_id");
      expect(member(body, "encryption")).toEqual({ ...encryption, volume_type_id: id, encryption_id });
      expect((await admin.get(path)).body).toMatchObject({
        ...encryption,
        volume_type_id: id,
        deleted: false,
      });
      expect((await admin.get(`${path}/cipher`)).body).toEqual({ cipher: "aes" });
      expect((await admin.get(`${path}/colour`)).status).toBe(404);
      expect((await admin.send("POST", path, { encryption })).status).toBe(400);

      const changes = { encryption: { cipher: null, key_size: "512" } };
      expect((await admin.send("PUT", `${path}/${encryption_id}`, changes)).body).toEqual({
        encryption: { cipher: null, key_size: 512 },
      });
      expect((await admin.get(path)).body).toMatchObject({ provider: "luks", cipher: null, key_size: 512 });

      const { volume } = (await createVolumeOf(id)).body;
      expect((await client.get(`volumes/${volume.id}`)).body.volume).toMatchObject({ encrypted: true });
      expect(
        (await client.send("POST", "volume-transfers", { transfer: { volume_id: volume.id } })).body
          .badRequest?.message,
      ).toBe("Invalid volume: transferring encrypted volume is not supported");
      expect((await admin.send("DELETE", `${path}/${encryption_id}`)).status).toBe(400);
      await client.send("DELETE", `volumes/${volume.id}`);
      expect((await admin.send("DELETE", `${path}/${encryption_id}`)).status).toBe(202);
      expect((await admin.send("DELETE", `${path}/${encryption_id}`)).status).toBe(404);
      const plain = (await createVolumeOf(id)).body.volume.id;
      await client.createTransfer(plain);
    });

    it("is returned as it was sent", async () => {
      for (const sent of [
        { provider: "luks", control_location: "front-end" },
        { provider: "luks", control_location: "back-end", key_size: null },
        { ...encryption, colour: "red" },
      ]) {
        const id = await setUpTypes(url).create();
        const { body } = await admin.send("POST", `types/${id}/encryption`, { encryption: sent });
        const made = member(body, "encryption");
        const encryption_id = textOf(made, "encryption_id");
        expect(made).toEqual({ ...sent, volume_type_id: id, encryption_id });
        const { provider, control_location } = sent;
        expect((await admin.get(`types/${id}/encryption`)).body).toMatchObject({
          provider,
          control_location,
          encryption_id,
        });
      }
    });

    it.each([
      {},
      { provider: "luks" },
      { ...encryption, control_location: "middle" },
      { ...encryption, key_size: "many" },
      { ...encryption, key_size: -1 },
      { ...encryption, key_size: 2 ** 31 },
    ])("returns 400 for %j", async (values) => {
      const id = await create();
      expect((await admin.send("POST", `types/${id}/encryption`, { encryption: values })).status).toBe(400);
    });

    it("is for admins", async () => {
      expect((await client.get(`types/${DEFAULT_ID}/encryption`)).status).toBe(403);
      expect((await admin.get(`types/${UNKNOWN_ID}/encryption`)).status).toBe(404);
    });
  });

  describe("quotas of a type", () => {
    it("limit the volumes of that type", async () => {
      const id = await create();
      expect((await admin.setQuota(client.project, { [`volumes_${name}`]: 1, gigabytes: 5 })).status).toBe(
        200,
      );
      expect((await createVolumeOf(id)).status).toBe(202);
      const { status, body } = await createVolumeOf(id);
      expect(status).toBe(413);
      expect(textOf(member(body, "overLimit"), "message")).toBe(
        `VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota 'volumes_${name}'.`,
      );
      await client.createVolume();
    });

    it("names every unknown quota, and changes nothing", async () => {
      // Other tests create types, which the set has too.
      const volumes = async () => {
        const { body } = await client.get(`os-quota-sets/${client.project}`);
        return member(member(body, "quota_set"), "volumes");
      };
      const before = await volumes();
      const limits = { volumes: 3, "volumes_no such type": 1, colour: 2 };
      expect((await admin.setQuota(client.project, limits)).body.badRequest?.message).toBe(
        "Invalid input received: Bad key(s) in quota set: volumes_no such type, colour",
      );
      const [, ...withoutColour] = ["colour", "volumes", "volumes_no such type"];
      expect(
        (await admin.setQuota(client.project, Object.fromEntries(withoutColour.map((key) => [key, 1])))).body
          .badRequest?.message,
      ).toBe("Invalid input received: Bad key(s) in quota set: volumes_no such type");
      expect(await volumes()).toBe(before);
    });
  });
});
