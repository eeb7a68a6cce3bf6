import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, type ServiceResponse } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("on %s", (_database, url) => {
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
  const messageOf400 = ({ status, body }: ServiceResponse) => {
    expect(status).toBe(400);
    return body.badRequest?.message;
  };

  describe.each(["volumes", "snapshots"] as const)("a list of %s", (kind) => {
    let parent = "";
    beforeEach(async () => {
      if (kind === "snapshots") parent = await client.createVolume();
      for (const name of ["one", "two", "Another"]) {
        const metadata = name === "Another" ? {} : { name, both: "x" };
        const id =
          kind === "volumes"
            ? await client.createVolume({ name, metadata })
            : await client.createSnapshot(parent, { name, metadata });
        ids.set(id, name);
      }
    });
    /** Returns the names of the resources that a query lists, as a summary and in detail. */
    const listed = async (filters: Readonly<Record<string, string>>, as = client) => {
      const [brief, detailed] = await Promise.all([
        as.get(`${kind}?${query(filters)}`),
        as.get(`${kind}/detail?${query(filters)}`),
      ]);
      expect(brief.status).toBe(200);
      const names = ({ body }: ServiceResponse) => body[kind].map(({ id }) => ids.get(id) ?? id).toSorted();
      expect(names(detailed)).toEqual(names(brief));
      return names(brief);
    };
    const ALL = ["Another", "one", "two"];

    it("contains those with metadata, as Python and as JSON write it", async () => {
      expect(await listed({ metadata: "{'name': 'one'}" })).toEqual(["one"]);
      expect(await listed({ metadata: '{"both": "x"}' })).toEqual(["one", "two"]);
      expect(await listed({ metadata: "{'both': 'x', 'name': 'two'}" })).toEqual(["two"]);
      expect(await listed({ metadata: "{'both': 'y'}" })).toEqual([]);
      expect(await listed({ metadata: "{'name': 'one', 'other': 'x'}" })).toEqual([]);
      expect(await listed({ metadata: "{}" })).toEqual(ALL);
      expect(await listed({ metadata: "one" })).toEqual([]);
      expect(await listed({ metadata: "{'both': 'x'}" }, at("3.22"))).toEqual(["one", "two"]);
    });

    it("contains those whose name contains a text, from 3.34 on", async () => {
      expect(await listed({ "name~": "o" })).toEqual(ALL.filter((name) => name.includes("o")));
      expect(await listed({ "name~": "ANO" })).toEqual(["Another"]);
      expect(await listed({ "name~": "%" })).toEqual([]);
      expect(await listed({ "name~": "wo", name: "two" })).toEqual(["two"]);
      expect(messageOf400(await at("3.33").get(`${kind}?name~=o`))).toBe(
        "Invalid filters name~ are found in query options.",
      );
    });

    it("contains all or none that consume quota", async () => {
      expect(await listed({ consumes_quota: "true" })).toEqual(ALL);
      expect(await listed({ consumes_quota: "false" })).toEqual([]);
      expect(messageOf400(await client.get(`${kind}?consumes_quota=x`))).toBe(
        "Value 'x' for 'use_quota' is not a boolean.",
      );
    });

    it("contains those in an availability zone", async () => {
      expect(await listed({ availability_zone: "nova" })).toEqual(ALL);
      expect(await listed({ availability_zone: "elsewhere" })).toEqual([]);
    });

    it("is rejected with 400 for unknown filters from 3.31 on, which are ignored before", async () => {
      const bogus = { bogus: "1", colour: "red", name: "one" };
      for (const version of ["3.31", "3.33", "3.71"]) {
        for (const path of [kind, `${kind}/detail`]) {
          expect(messageOf400(await at(version).get(`${path}?${query(bogus)}`))).toBe(
            "Invalid filters bogus,colour are found in query options.",
          );
        }
      }
      expect(await listed(bogus, at("3.30"))).toEqual(["one"]);
      expect(await listed({ display_name: "one" }, at("3.30"))).toEqual(ALL);
      // Clients always send it.
      expect(await listed({ all_tenants: "1", name: "one" })).toEqual(["one"]);
      expect(messageOf400(await client.get(`${kind}?all_tenants=1&x=1`))).toBe(
        "Invalid filters x are found in query options.",
      );
      expect(messageOf400(await client.get(`${kind}?n%C3%A4me=1`))).toBe(
        "Filter keys can only contain ASCII characters.",
      );
    });

    it("is empty for unknown filters of an admin", async () => {
      for (const version of ["3.0", "3.71"]) {
        const of = at(version, "admin");
        expect(await listed({ bogus: "1" }, of)).toEqual([]);
        expect(await listed({ constructor: "1" }, of)).toEqual([]);
        expect(await listed({ user_id: "alice" }, of)).toEqual(ALL);
        expect(await listed({ user_id: "bob" }, of)).toEqual([]);
        expect(await listed({ display_name: "one" }, of)).toEqual(["one"]);
        expect(await listed({ project_id: "other" }, of)).toEqual(ALL);
        expect(await listed({ project_id: client.project, all_tenants: "1" }, of)).toEqual(ALL);
      }
    });

    it("has the number on all pages with with_count, from 3.45 on", async () => {
      const count = async (parameters: string, as = client) => {
        const { status, body } = await as.get(`${kind}${parameters}`);
        expect(status).toBe(200);
        return [body[kind].length, body.count];
      };
      const first = (await client.get(`${kind}?limit=1`)).body[kind][0]?.id ?? "";
      expect(await count("?with_count=true")).toEqual([3, 3]);
      expect(await count("/detail?with_count=1&limit=2")).toEqual([2, 3]);
      expect(await count(`?with_count=true&limit=1&marker=${first}`)).toEqual([1, 3]);
      expect(await count("?with_count=true&name=one")).toEqual([1, 1]);
      expect(await count("?with_count=true&status=error")).toEqual([0, 0]);
      expect(await count("?with_count=true&limit=0")).toEqual([0, 3]);
      expect(await count("?with_count=true&consumes_quota=false")).toEqual([0, 0]);
      expect(await count("?with_count=false")).toEqual([3, undefined]);
      expect(await count("", client)).toEqual([3, undefined]);
      expect(await count("?with_count=true", at("3.30"))).toEqual([3, undefined]);
      expect(messageOf400(await client.get(`${kind}?with_count=x`))).toBe(
        "Value 'x' for 'with_count' is not a boolean.",
      );
      const [listedOfAll, ofAll] = await count(
        `?with_count=true&all_tenants=1&project_id=${client.project}`,
        at("3.71", "admin"),
      );
      expect([listedOfAll, ofAll]).toEqual([3, 3]);
      const [, all] = await count("?with_count=true&all_tenants=1&limit=1", at("3.71", "admin"));
      expect(all).toBeGreaterThanOrEqual(3);
    });
  });

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
      expect(await listed({ updated_at: "gte:2000-01-01T00:00:00" })).toEqual(["a"]);
      expect(await listed({ updated_at: "lte:2000-01-01T00:00:00" })).toEqual([]);
      // As in Cinder, one of the comparisons is enough.
      expect(await listed({ created_at: "lt:2000-01-01,gt:2000-01-02" })).toEqual(["a", "b"]);
      expect(messageOf400(await client.get("volumes?created_at=after:2000-01-01"))).toBe(
        "Invalid after operator",
      );
      expect(messageOf400(await client.get("volumes?updated_at=gt:x"))).toBe("Invalid x value");
      expect(await listed({ created_at: "lt:2000-01-01" }, at("3.30"))).toEqual(["a", "b"]);
    });

    it("contains those that are bootable, or not", async () => {
      await act(await create("a"), { "os-set_bootable": { bootable: true } });
      await create("b");
      expect(await listed({ bootable: "true" })).toEqual(["a"]);
      expect(await listed({ bootable: "0" })).toEqual(["b"]);
      expect(await listed({ bootable: "True" }, at("3.1"))).toEqual(["a"]);
      expect(await listed({ bootable: "nonsense" }, at("3.1"))).toEqual(["a"]);
      expect(messageOf400(await client.get("volumes?bootable=nonsense"))).toBe(
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
  });

  it("GET /resource_filters lists the filters that users may apply, from 3.33 on", async () => {
    const { status, body } = await client.get("resource_filters");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      resource_filters: [
        { resource: "volume", filters: expect.arrayContaining(["name~", "metadata", "created_at"]) },
        { resource: "snapshot", filters: expect.arrayContaining(["name~", "volume_id"]) },
        { resource: "volume_type", filters: ["is_public", "extra_specs"] },
      ],
    });
    expect((await client.get("resource_filters?resource=snapshot")).body).toMatchObject({
      resource_filters: [{ resource: "snapshot" }],
    });
    expect((await client.get("resource_filters?resource=x")).body).toEqual({ resource_filters: [] });
    expect((await at("3.32").get("resource_filters")).status).toBe(404);
  });
});
