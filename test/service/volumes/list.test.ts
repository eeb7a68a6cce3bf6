import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("volumes, on %s", (_database, url) => {
  const admin = new Admin(url);
  let client: Client;
  /** The ids of the resources by a name of the test, and the other way around. */
  let ids: Map<string, string>;
  beforeEach(() => {
    client = new Client(url, { microversion: "3.71" });
    ids = new Map();
  });
  const at = (microversion: string, roles = "member") =>
    new Client(url, { project: client.project, roles, microversion });

  const query = (filters: Readonly<Record<string, string>>) => new URLSearchParams(filters).toString();

  describe("a list of volumes", () => {
    const listed = async (filters: Readonly<Record<string, string>>, as = client) => {
      const { status, body } = await as.get(`volumes?${query(filters)}`);
      expect(status).toBe(200);
      return body.volumes.map(({ id }) => ids.get(id) ?? id).toSorted();
    };
    const create = async (name: string, properties: object = {}) => {
      const id = await client.createVolume({ name, ...properties });
      ids.set(id, name);
      return id;
    };
    const act = (id: string, action: object, as: Client = client) =>
      as.send("POST", `volumes/${id}/action`, action);

    it("contains those created or updated at a time", async () => {
      const id = await create("a");
      await create("b");
      await client.send("PUT", `volumes/${id}`, { volume: { description: "new" } });
      const { volume } = (await client.get(`volumes/${id}`)).body;
      expect(await listed({ created_at: "gt:2000-01-01T00:00:00" })).toEqual(["a", "b"]);
      expect(await listed({ created_at: "lt:2000-01-01T00:00:00" })).toEqual([]);
      expect(await listed({ created_at: `eq:${volume.created_at}` })).toContain("a");
      expect(await listed({ created_at: `neq:${volume.created_at}` })).not.toContain("a");
      expect(await listed({ updated_at: "gte:2000-01-01T00:00:00" })).toEqual(["a", "b"]);
      expect(await listed({ updated_at: "lte:2000-01-01T00:00:00" })).toEqual([]);
      // As in Cinder, one of the comparisons is enough.
      expect(await listed({ created_at: "lt:2000-01-01,gt:2000-01-02" })).toEqual(["a", "b"]);
      expect(messageOf(400, await client.get("volumes?created_at=after:2000-01-01"))).toBe(
        "Invalid after operator",
      );
      expect(messageOf(400, await client.get("volumes?updated_at=gt:x"))).toBe("Invalid x value");
      expect(messageOf(400, await client.get("volumes?updated_at=gt:"))).toBe("Invalid  value");
      expect(await listed({ created_at: "lt:2000-01-01" }, at("3.30"))).toEqual(["a", "b"]);
    });

    it("contains, of an incremental synchronization, all that were created or updated since", async () => {
      const updatedAt = async (name: string) => {
        const [id = ""] = [...ids].find(([, value]) => value === name) ?? [];
        const { updated_at } = Object((await client.get(`volumes/${id}`)).body.volume);
        return String(updated_at);
      };
      const first = await create("a");
      // The times differ.
      await create("b");
      while ((await updatedAt("a")) === (await updatedAt("b"))) {
        await client.send("PUT", `volumes/${first}`, { volume: { description: "new" } });
      }
      const [older = "", newer = ""] = [await updatedAt("a"), await updatedAt("b")].toSorted();
      const old = older === (await updatedAt("a")) ? "a" : "b";
      const recent = old === "a" ? "b" : "a";
      for (const [filter, expected] of [
        [`gt:${older}`, [recent]],
        [`gte:${older}`, ["a", "b"]],
        [`eq:${older}`, [old]],
        [`neq:${older}`, [recent]],
        [`lt:${newer}`, [old]],
        [`lte:${newer}`, ["a", "b"]],
        [`gt:${newer}`, []],
        [`lt:${older},gt:${newer}`, []],
        [`lte:${older},gt:${newer}`, [old]],
      ] as const) {
        expect(await listed({ updated_at: filter }), filter).toEqual(expected);
        expect(await listed({ updated_at: filter, sort: "updated_at:asc" }), filter).toEqual(expected);
      }
      const { body } = await client.get("volumes?sort=updated_at:asc");
      expect(body.volumes.map(({ id }) => ids.get(id))).toEqual([old, recent]);
    });

    it("contains those that are bootable, or not", async () => {
      await act(await create("a"), { "os-set_bootable": { bootable: true } });
      await create("b");
      expect(await listed({ bootable: "true" })).toEqual(["a"]);
      expect(await listed({ bootable: "0" })).toEqual(["b"]);
      expect(await listed({ bootable: "True" }, at("3.1"))).toEqual(["a"]);
      expect(await listed({ bootable: "nonsense" }, at("3.1"))).toEqual(["a"]);
      expect(messageOf(400, await client.get("volumes?bootable=nonsense"))).toBe(
        "Invalid input received: 'bootable = nonsense'",
      );
    });

    it("contains those with a migration status, or without one", async () => {
      await act(await create("a"), { "os-reset_status": { migration_status: "error" } }, admin);
      await create("b");
      expect(await listed({ migration_status: "error" })).toEqual(["a"]);
      expect(await listed({ migration_status: "None" })).toEqual(["b"]);
      expect(await listed({ migration_status: "success" })).toEqual([]);
    });

    it("contains those of a group: none", async () => {
      await create("a");
      expect(await listed({ group_id: crypto.randomUUID() })).toEqual([]);
      expect(await listed({ group_id: "None" })).toEqual(["a"]);
      expect(await listed({ group_id: "x" }, at("3.9"))).toEqual(["a"]);
      expect(await listed({ group_id: "x" }, at("3.10"))).toEqual([]);
    });

    it("contains those whose metadata has the flag of os-update_readonly_flag", async () => {
      await act(await create("a"), { "os-update_readonly_flag": { readonly: true } });
      await create("b");
      expect(await listed({ metadata: "{'readonly': 'True'}" })).toEqual(["a"]);
      expect(await listed({ metadata: "{'readonly': 'False'}" })).toEqual([]);
    });

    it("contains for an admin those with other attributes", async () => {
      const source = await create("a");
      await create("b", { source_volid: source });
      const of = at("3.71", "admin");
      expect(await listed({ source_volid: source }, of)).toEqual(["b"]);
      expect(await listed({ source_volid: "None" }, of)).toEqual(["a"]);
      expect(await listed({ id: source }, of)).toEqual(["a"]);
      expect(await listed({ host: "volume-transfers@record" }, of)).toEqual(["a", "b"]);
      expect(await listed({ host: "volume-transfers@record#record" }, of)).toEqual(["a", "b"]);
      expect(await listed({ host: "volume" }, of)).toEqual([]);
      const { volume } = (await of.get(`volumes/${source}`)).body;
      expect(await listed({ volume_type_id: String(volume.volume_type_id) }, of)).toEqual(["a", "b"]);
      expect(await listed({ volume_type_id: "x" }, of)).toEqual([]);
      await act(source, { "os-reset_status": { attach_status: "attached" } }, admin);
      expect(await listed({ attach_status: "attached" }, of)).toEqual(["a"]);
      expect(await listed({ attach_status: "detached", multiattach: "false" }, of)).toEqual(["b"]);
      expect(await listed({ multiattach: "true" }, of)).toEqual([]);
      expect(await listed({ deleted: "false" }, of)).toEqual(["a", "b"]);
      expect(await listed({ deleted: "true" }, of)).toEqual([]);
    });

    it("is sorted by bootable and by availability zone, with pages", async () => {
      for (const name of ["a", "b", "c", "d"]) {
        const id = await create(name);
        if (name > "b") await act(id, { "os-set_bootable": { bootable: true } });
      }
      const names: string[] = [];
      let marker = "";
      for (let page = 0; page < 4; page++) {
        const { body } = await client.get(`volumes?sort=bootable:desc&limit=1${marker}`);
        const id = body.volumes[0]?.id ?? "";
        names.push(ids.get(id) ?? id);
        marker = `&marker=${id}`;
      }
      expect(names).toEqual(["d", "c", "b", "a"]);
      expect((await client.get("volumes?sort=availability_zone:asc")).body.volumes).toHaveLength(4);
    });

    it("a list of volumes sorted by host or user has them in that order", async () => {
      const client = new Client(url, { microversion: "3.70" });
      const bob = new Client(url, { user: "bob", project: client.project });
      const ids = [await client.createVolume(), await bob.createVolume(), await client.createVolume()];
      const { body } = await client.get("volumes?sort=user_id:desc,created_at:asc");
      expect(body.volumes.map(({ id }) => ids.indexOf(id))).toEqual([1, 0, 2]);
    });
  });
});
