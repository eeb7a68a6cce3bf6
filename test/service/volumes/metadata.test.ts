import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

const KINDS = ["volume", "snapshot"] as const;

describe.each(DATABASES)("metadata, on %s", (_database, url) => {
  describe.each(KINDS)("the metadata of a %s", (kind) => {
    const name = kind === "volume" ? "Volume" : "Snapshot";
    let client: Client;
    let id = "";
    let path = "";

    beforeEach(async () => {
      client = new Client(url);
      const volume = await client.createVolume();
      id = kind === "volume" ? volume : await client.createSnapshot(volume);
      path = `${kind}s/${id}/metadata`;
      expect((await client.send("PUT", path, { metadata: { a: "1", b: "2" } })).status).toBe(200);
    });

    const shown = async () => (await client.get(path)).body.metadata;

    it("GET returns it, as the resource shows it", async () => {
      const { status, body } = await client.get(path);
      expect(status).toBe(200);
      expect(body).toEqual({ metadata: { a: "1", b: "2" } });
      expect((await client.get(`${kind}s/${id}`)).body[kind].metadata).toEqual({ a: "1", b: "2" });
    });

    it("POST adds to it, overwrites the keys that exist, and returns all", async () => {
      const { status, body } = await client.send("POST", path, { metadata: { b: "3", c: "" } });
      expect(status).toBe(200);
      expect(body).toEqual({ metadata: { a: "1", b: "3", c: "" } });
      expect(await shown()).toEqual({ a: "1", b: "3", c: "" });
    });

    it("PUT replaces it", async () => {
      const { status, body } = await client.send("PUT", path, { metadata: { c: "3" } });
      expect(status).toBe(200);
      expect(body).toEqual({ metadata: { c: "3" } });
      expect((await client.send("PUT", path, { metadata: {} })).body).toEqual({ metadata: {} });
      expect(await shown()).toEqual({});
    });

    it("keeps the keys of all concurrent POSTs", async () => {
      const keys = Array.from({ length: 8 }, (_, n) => `key ${n}`);
      await Promise.all(keys.map((key) => client.send("POST", path, { metadata: { [key]: key } })));
      expect(await shown()).toEqual({
        a: "1",
        b: "2",
        ...Object.fromEntries(keys.map((key) => [key, key])),
      });
    });

    const keys = ["a", "a.b:c-d_e f", "1", ...(kind === "volume" ? ["x/y"] : [])];
    it.each(keys)("sets, shows and deletes the key %j", async (key) => {
      const item = `${path}/${encodeURIComponent(key)}`;
      const meta = { [key]: `"it's" \\ <é>` };
      const set = await client.send("PUT", item, { meta });
      expect(set.status).toBe(200);
      expect(set.body).toEqual({ meta });
      expect((await client.get(item)).body).toEqual({ meta });
      expect(await shown()).toEqual({ a: "1", b: "2", ...meta });
      const deleted = await client.delete(item);
      expect(deleted.status).toBe(200);
      expect(await shown()).toEqual(key === "a" ? { b: "2" } : { a: "1", b: "2" });
    });

    it("returns 404 for a key that it does not have", async () => {
      for (const key of ["c", "A", 'a.b"c', "toString", "%", '"', "$", "$.a"]) {
        const item = `${path}/${encodeURIComponent(key)}`;
        for (const method of ["GET", "DELETE"]) {
          const { status, body } = await client.send(method, item);
          expect(status).toBe(404);
          expect(body).toEqual({
            itemNotFound: { code: 404, message: `${name} ${id} has no metadata with key ${key}.` },
          });
        }
      }
      expect(await shown()).toEqual({ a: "1", b: "2" });
    });

    it("returns 404 for a resource that does not exist, or is another project's", async () => {
      const requests = [
        ["GET", "", undefined],
        ["POST", "", { metadata: { x: "y" } }],
        ["PUT", "", { metadata: { a: "y" } }],
        ["GET", "/a", undefined],
        ["PUT", "/a", { meta: { a: "y" } }],
        ["DELETE", "/a", undefined],
      ] as const;
      for (const [method, key, body] of requests) {
        const stranger = await new Client(url).send(method, path + key, body);
        expect(stranger.status).toBe(404);
        expect(stranger.body.itemNotFound?.message).toBe(`${name} ${id} could not be found.`);
        expect((await client.send(method, `${kind}s/${UNKNOWN_ID}/metadata${key}`, body)).status).toBe(404);
        expect((await new Admin(url).send(method, path + key, body)).status).toBe(200);
      }
    });

    it("returns 400 if the key of the body is not that of the URL, or is not the only one", async () => {
      const put = async (meta: unknown) => {
        const { status, body } = await client.send("PUT", `${path}/a`, { meta });
        expect(status).toBe(400);
        return body.badRequest?.message;
      };
      expect(await put({ b: "3" })).toBe("Request body and URI mismatch");
      expect(await put({ a: "3", c: "3" })).toBe(
        "Invalid input for field/attribute meta. Value: {'a': '3', 'c': '3'}. {'a': '3', 'c': '3'} has too many properties",
      );
      expect(await put({})).toBe("Invalid input for field/attribute meta. Value: {}. {} should be non-empty");
      expect(await put(null)).toBe(
        "Invalid input for field/attribute meta. Value: None. None is not of type 'object'",
      );
    });

    it("returns 400 for values that are no texts of at most 255 characters, and for other bodies", async () => {
      const message = async (method: string, body: unknown) => {
        const response = await client.send(method, path, body);
        expect(response.status).toBe(400);
        return response.body.badRequest?.message;
      };
      for (const method of ["POST", "PUT"]) {
        expect(await message(method, { metadata: { a: 1 } })).toBe(
          "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'",
        );
        expect(await message(method, { metadata: { a: "x".repeat(256) } })).toMatch(/ is too long$/);
        expect(await message(method, { metadata: null })).toMatch(/None is not of type 'object'$/);
        const pattern = kind === "volume" ? "^[a-zA-Z0-9-_:. /]{1,255}$" : "^[a-zA-Z0-9-_:. ]{1,255}$";
        expect(await message(method, { metadata: { "a@": "1" } })).toBe(
          "Invalid input for field/attribute metadata. Value: {'a@': '1'}. " +
            `'a@' does not match any of the regexes: '${pattern}'`,
        );
      }
      expect(await shown()).toEqual({ a: "1", b: "2" });
    });

    it("returns 405 for other methods, with Allow", async () => {
      const all = await client.delete(path);
      expect([all.status, all.headers.get("Allow")]).toEqual([405, "GET, POST, PUT"]);
      const item = await client.send("POST", `${path}/a`, {});
      expect([item.status, item.headers.get("Allow")]).toEqual([405, "GET, PUT, DELETE"]);
    });

    it("cannot grow beyond 114,688 characters", async () => {
      const add = (n: number) => {
        const entries = Array.from({ length: 200 }, (_, i) => [
          `${n} ${i} ${"k".repeat(200)}`,
          "v".repeat(255),
        ]);
        return client.send("POST", path, { metadata: Object.fromEntries(entries) });
      };
      expect((await add(1)).status).toBe(200);
      const { status, body } = await add(2);
      expect(status).toBe(413);
      expect(body).toMatchObject({ overLimit: { code: 413 } });
      expect(Object.keys((await shown()) ?? {})).toHaveLength(202);
    });
  });

  it.each(["maintenance", "uploading"])(
    "the metadata of a volume in status %s cannot be changed",
    async (status) => {
      const client = new Client(url);
      const id = await client.createVolume({ metadata: { a: "1" } });
      await new Admin(url).resetStatus("volumes", id, status);
      const path = `volumes/${id}/metadata`;
      const message = async (method: string, path: string, body?: unknown) => {
        const response = await client.send(method, path, body);
        expect(response.status).toBe(400);
        return response.body.badRequest?.message;
      };
      const updating = `Invalid volume: Updating volume metadata is not allowed for volumes in ${status} status.`;
      expect(await message("POST", path, { metadata: { b: "2" } })).toBe(updating);
      expect(await message("PUT", path, { metadata: {} })).toBe(updating);
      expect(await message("PUT", `${path}/a`, { meta: { a: "2" } })).toBe(updating);
      expect(await message("DELETE", `${path}/a`)).toBe(
        `Invalid volume: Deleting volume metadata is not allowed for volumes in ${status} status.`,
      );
      expect((await client.delete(`${path}/b`)).status).toBe(404);
      expect((await client.get(path)).body).toEqual({ metadata: { a: "1" } });
    },
  );

  describe("a body with a member beside the metadata", () => {
    const send = async (kind: "volume" | "snapshot", method: string, key: string, body: object) => {
      const client = new Client(url);
      const volume = await client.createVolume();
      const id = kind === "volume" ? volume : await client.createSnapshot(volume);
      return client.send(method, `${kind}s/${id}/metadata${key}`, body);
    };
    const requests = [
      ["POST", "", { metadata: { a: "1" }, meta: null }],
      ["PUT", "", { metadata: { a: "1" }, x: 1 }],
      ["PUT", "/a", { meta: { a: "1" }, x: 1 }],
    ] as const;

    it.each(requests)("is refused for a volume: %s %s", async (method, key, body) => {
      const answer = await send("volume", method, key, body);
      expect(answer.status).toBe(400);
      expect(answer.body.badRequest?.message).toMatch(/^Additional properties are not allowed \('/);
    });

    it.each(requests)("is taken, without the member, for a snapshot: %s %s", async (method, key, body) => {
      const answer = await send("snapshot", method, key, body);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(key === "" ? { metadata: { a: "1" } } : { meta: { a: "1" } });
    });
  });

  it("a slash is in no key that is added to a snapshot, but may be in one of a new snapshot", async () => {
    const client = new Client(url);
    const id = await client.createSnapshot(await client.createVolume(), { metadata: { "a/b": "1" } });
    const path = `snapshots/${id}/metadata`;
    for (const method of ["POST", "PUT"]) {
      expect((await client.send(method, path, { metadata: { "c/d": "1" } })).status).toBe(400);
    }
    expect((await client.send("PUT", `${path}/c%2Fd`, { meta: { "c/d": "1" } })).status).toBe(400);
    expect((await client.get(`${path}/a%2Fb`)).body).toEqual({ meta: { "a/b": "1" } });
    expect((await client.delete(`${path}/a%2Fb`)).status).toBe(200);
  });

  it.each([
    ["'k@y' does", { "k@y": "v" }],
    ["'' does", { "": "v" }],
    ["'a.b\"c' does", { 'a.b"c': "v" }],
    [`'${"k".repeat(256)}' does`, { ["k".repeat(256)]: "v" }],
    ["'{', 'ü' do", { ü: "v", fine: "v", "{": "v" }],
  ])("a key that Cinder's pattern rejects is named in the 400: %s", async (keys, metadata) => {
    const client = new Client(url);
    const volume_id = await client.createVolume();
    const requests = [
      ["POST", "volumes", { volume: { size: 1, metadata } }],
      ["POST", "snapshots", { snapshot: { volume_id, metadata } }],
      ["PUT", `volumes/${volume_id}`, { volume: { metadata } }],
      ["POST", `volumes/${volume_id}/metadata`, { metadata }],
    ] as const;
    for (const [method, path, body] of requests) {
      const response = await client.send(method, path, body);
      expect(response.status).toBe(400);
      expect(response.body.badRequest?.message).toMatch(
        /^Invalid input for field\/attribute metadata\. Value: \{/,
      );
      expect(response.body.badRequest?.message).toContain(
        `. ${keys} not match any of the regexes: '^[a-zA-Z0-9-_:. /]{1,255}$'`,
      );
    }
  });
});
