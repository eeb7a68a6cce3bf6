import { describe, expect, it } from "vitest";
import { Admin, Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("on %s", (_database, url) => {
  const client = new Client(url);
  const NOBODY = "aaaaaaaa-1111-4222-8333-444444444444";

  describe("without a token", () => {
    it.each([
      ["/", 300],
      ["/v3/", 200],
    ])("GET %s returns the versions 3.0 to 3.71", async (path, status) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(status);
      expect(response.headers.get("OpenStack-API-Version")).toBe("volume 3.0");
      expect(await response.json()).toMatchObject({
        versions: [
          {
            id: "v3.0",
            status: "CURRENT",
            min_version: "3.0",
            version: "3.71",
            links: [{}, { rel: "self", href: `${url}/v3/` }],
          },
        ],
      });
    });

    it("GET /v3 redirects to /v3/", async () => {
      const response = await fetch(`${url}/v3`, { redirect: "manual" });
      expect(response.status).toBe(302);
      expect(response.headers.get("Location")).toBe(`${url}/v3/`);
    });

    it("GET /healthcheck returns OK", async () => {
      const response = await fetch(`${url}/healthcheck`);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("OK");
    });

    it.each(["application/json", "APPLICATION/JSON", "application/*", "text/plain;q=0.5, application/json"])(
      "GET /healthcheck returns JSON to a client that prefers it: %s",
      async (Accept) => {
        const response = await fetch(`${url}/healthcheck`, { headers: { Accept } });
        expect(response.headers.get("Content-Type")).toBe("application/json");
        expect(await response.json()).toEqual({ detailed: false, reasons: ["OK"] });
      },
    );

    it.each(["*/*", "text/plain", "text/html", "application/xml", "application/json;q=0.5, text/plain"])(
      "GET /healthcheck returns text to other clients: %s",
      async (Accept) => {
        const response = await fetch(`${url}/healthcheck`, { headers: { Accept } });
        expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/);
        expect(await response.text()).toBe("OK");
      },
    );
  });

  it("an update of a volume rejects null for metadata with 400, and keeps what the volume has", async () => {
    const { body } = await client.send("POST", "volumes", {
      volume: { size: 1, metadata: { key: "value" } },
    });
    const path = `volumes/${body.volume.id}`;
    const updated = await client.send("PUT", path, { volume: { metadata: null } });
    expect(updated.status).toBe(400);
    expect(updated.body.badRequest?.message).toBe(
      "Invalid input for field/attribute metadata. Value: None. None is not of type 'object'",
    );
    expect((await client.get(path)).body.volume).toMatchObject({ metadata: { key: "value" } });
  });

  it("every response has a request id of its own, in both headers", async () => {
    const responses = [
      await client.get("volumes"),
      await client.get("volumes"),
      await client.get(`volumes/${NOBODY}`),
    ];
    const ids = responses.map(({ headers }) => headers.get("x-openstack-request-id"));
    expect(new Set(ids).size).toBe(3);
    for (const [i, { headers }] of responses.entries()) {
      expect(ids[i]).toMatch(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(headers.get("x-compute-request-id")).toBe(ids[i]);
    }
  });

  it("a missing, empty or malformed token returns Keystone's 401, with Keystone's URL in WWW-Authenticate", async () => {
    for (const token of [undefined, "", "alice", ":project"]) {
      const headers = token === undefined ? {} : { "X-Auth-Token": token };
      const response = await fetch(`${url}/v3/p/volumes`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toMatch(/^Keystone uri="/);
      expect(await response.json()).toEqual({
        error: {
          code: 401,
          title: "Unauthorized",
          message: "The request you have made requires authentication.",
        },
      });
    }
  });

  describe("every error is a JSON fault", () => {
    it.each([
      "/nowhere",
      `/v3/${client.project}/nowhere`,
      "/v3/nowhere",
      `/v3/${client.project}/volumes/x/y/z`,
    ])("404 for the unknown path %s, without a version", async (path) => {
      const { status, body, headers } = await client.send("GET", path);
      expect(status).toBe(404);
      expect(body).toEqual({ itemNotFound: { code: 404, message: "The resource could not be found." } });
      expect(headers.get("OpenStack-API-Version")).toBeNull();
    });

    it.each([
      "os-quota-sets",
      "os-quota-class-sets",
      "limits/x",
      "groups/x",
      "os-volume-manage/x",
      "volumes/x/y",
    ])("404 for %s, with the version if it is in a collection that exists", async (path) => {
      const { status, body, headers } = await client.get(path);
      expect(status).toBe(404);
      expect(body).toEqual({ itemNotFound: { code: 404, message: "The resource could not be found." } });
      const version = path === "volumes/x/y" ? null : "volume 3.70";
      expect(headers.get("OpenStack-API-Version")).toBe(version);
      expect((await client.get(`/v3/${path}`)).headers.get("OpenStack-API-Version")).toBe(version);
    });

    it.each(["volumes", "volume-transfers", "snapshots"])("400 for the body null: POST %s", async (path) => {
      const { status, body } = await client.send("POST", path, "null");
      expect(status).toBe(400);
      expect(body.badRequest?.message).toBe("None is not of type 'object'");
    });

    it.each([
      ["DELETE", "volume-transfers", "GET, POST"],
      ["PUT", `volume-transfers/${NOBODY}`, "GET, DELETE"],
      ["GET", `volume-transfers/${NOBODY}/accept`, "POST"],
      ["POST", "volume-transfers/detail", "GET"],
      ["PATCH", "os-volume-transfer", "GET, POST"],
      ["DELETE", "volumes", "GET, POST"],
      ["POST", `snapshots/${NOBODY}`, "GET, PUT, DELETE"],
      ["POST", "limits", "GET"],
      ["POST", "/", "GET"],
    ])("405 for %s %s, with Allow: %s", async (method, path, allow) => {
      const { status, body, headers } = await client.send(method, path);
      expect(status).toBe(405);
      expect(headers.get("Allow")).toBe(allow);
      expect(body).toMatchObject({ badMethod: { code: 405 } });
    });

    it.each(["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json-patch"])(
      "415 for a body of type %s",
      async (type) => {
        const { status, body } = await client.send("POST", "volumes", "{}", { "Content-Type": type });
        expect(status).toBe(415);
        expect(body).toEqual({ badMediaType: { code: 415, message: "Unsupported Content-Type" } });
      },
    );

    it("415 for a body without a type, and none for a request without a body", async () => {
      const post = (body: Blob | null) =>
        fetch(`${url}/v3/${client.project}/volume-transfers`, {
          method: "POST",
          headers: { "X-Auth-Token": client.token },
          body,
        });
      const response = await post(new Blob(["{}"]));
      expect(response.status).toBe(415);
      expect(await response.json()).toEqual({
        badMediaType: { code: 415, message: "Unsupported Content-Type" },
      });
      expect((await post(null)).status).toBe(400);
    });

    it("413 for a body of more than 114,688 bytes", async () => {
      const ofSize = (bytes: number) => {
        const empty = JSON.stringify({ volume: { size: 1, name: "" } });
        return JSON.stringify({ volume: { size: 1, name: "n".repeat(bytes - empty.length) } });
      };
      expect((await client.send("POST", "volumes", ofSize(114_688))).status).toBe(400);
      const { status, body } = await client.send("POST", "volumes", ofSize(114_689));
      expect(status).toBe(413);
      expect(body).toMatchObject({ overLimit: { code: 413 } });
    });

    it("400 for the path of another project, for an admin too", async () => {
      const admin = new Admin(url);
      const { status, body } = await admin.send("GET", `/v3/${client.project}/volumes`);
      expect(status).toBe(400);
      expect(body).toEqual({ badRequest: { code: 400, message: "Malformed request url" } });
    });

    it("400 for an unknown action", async () => {
      const volume = await client.createVolume();
      const { status, body } = await client.send("POST", `volumes/${volume}/action`, {
        "os-migrate_volume": { new_type: "LUKS" },
      });
      expect(status).toBe(400);
      expect(body.badRequest?.message).toMatch(/^There is no such action: os-migrate_volume\./);
      const key = await client.send("POST", `volumes/${volume}/action`, { "7k3m9x2p5q8r4t6v": {} });
      expect(key.body.badRequest?.message).toMatch(/^There is no such action: \*\*\*\./);
    });

    it.each(["{}", "[]", "null", '"x"', "1", '[{"os-reserve":{}}]', '{"os-reserve":{},"os-unreserve":{}}'])(
      "400 for an action with the body %s",
      async (sent) => {
        for (const path of ["volumes", "snapshots", "types"]) {
          const { status, body } = await client.send("POST", `${path}/${NOBODY}/action`, sent);
          expect(status).toBe(400);
          expect(body.badRequest?.message).toBe("Malformed request body");
        }
      },
    );

    it("400 for an action without a body", async () => {
      for (const sent of [undefined, ""]) {
        const { status, body } = await client.send("POST", `volumes/${NOBODY}/action`, sent);
        expect(status).toBe(400);
        expect(body.badRequest?.message).toBe(
          "There is no such action: None. Verify the request body and Content-Type header and try again.",
        );
      }
    });
  });

  it("links contain no project id if the request's path does not", async () => {
    const volume = await client.createVolume();
    const { transfer } = (
      await client.send("POST", "/v3/volume-transfers", { transfer: { volume_id: volume } })
    ).body;
    expect(transfer).toMatchObject({
      links: [
        { rel: "self", href: `${url}/v3/os-volume-transfer/${transfer.id}` },
        { rel: "bookmark", href: `${url}/os-volume-transfer/${transfer.id}` },
      ],
    });
  });

  it("HEAD returns what GET returns, without the body", async () => {
    const response = await fetch(`${url}/v3/${client.project}/volumes`, {
      method: "HEAD",
      headers: { "X-Auth-Token": `alice:${client.project}` },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  it("the last value of a repeated parameter counts, on every list", async () => {
    const owner = new Client(url);
    for (const name of ["a", "b"]) await owner.createSnapshot(await owner.createVolume({ name }), { name });
    for (const volume of (await owner.get("volumes")).body.volumes) await owner.createTransfer(volume.id);
    for (const path of [
      "volumes",
      "snapshots",
      "volume-transfers",
      "os-volume-transfer",
      "types",
      "events",
    ]) {
      const length = async (query: string) => {
        const items: unknown[] = Object.values((await owner.get(`${path}?${query}`)).body)[0];
        return items.length;
      };
      expect({ path, length: await length("limit=2&limit=1") }).toEqual({ path, length: 1 });
      expect({ path, length: await length("limit=1&limit=2") }).toEqual({ path, length: 2 });
    }
    const named = (await owner.get("volumes?name=a&name=b")).body.volumes;
    expect(named.map(({ name }) => name)).toEqual(["b"]);
  });

  it.each([
    ["a byte order mark", "application/json", (text: string) => `\ufeff${text}`],
    ["blanks", "application/json", (text: string) => `\n ${text}\r\n`],
    ["a media type in upper case", "APPLICATION/JSON", (text: string) => text],
    ["a charset", "application/json; charset=utf-8", (text: string) => text],
    ["1.0 for an integer", "application/json", (text: string) => text.replace(":1", ":1.0")],
  ])("a body may have %s", async (_, type, write) => {
    const text = write(JSON.stringify({ volume: { size: 1 } }));
    const { status, body } = await client.send("POST", "volumes", text, { "Content-Type": type });
    expect(status).toBe(202);
    expect(body.volume).toMatchObject({ size: 1 });
  });

  it("an id in a body may have another spelling; in paths and filters it must be as responses have it", async () => {
    const { id, volume_id } = await client.createVolumeAndTransfer();
    await client.delete(`volume-transfers/${id}`);
    const spellings = [
      volume_id.toUpperCase(),
      volume_id.replaceAll("-", ""),
      `urn:uuid:${volume_id}`,
      `{${volume_id}}`,
    ];
    for (const spelling of spellings) {
      const { status, body } = await client.createTransfer(spelling);
      expect(status).toBe(202);
      expect(body.transfer.volume_id).toBe(volume_id);
      const encoded = encodeURIComponent(spelling);
      expect((await client.get(`volume-transfers?volume_id=${encoded}`)).body.transfers).toEqual([]);
      expect((await client.get(`volumes/${encoded}`)).status).toBe(404);
      await client.delete(`volume-transfers/${body.transfer.id}`);
    }
  });

  it("the limits of a project have no usage for a user without a role", async () => {
    const stranger = new Client(url, { roles: "stranger" });
    const { status, body } = await stranger.get("limits");
    expect(status).toBe(200);
    expect(body).toEqual({
      limits: {
        rate: [],
        absolute: {
          ...{ maxTotalVolumes: 10, maxTotalSnapshots: 10, maxTotalVolumeGigabytes: 1000 },
          ...{ maxTotalBackups: 10, maxTotalBackupGigabytes: 1000 },
        },
      },
    });
    const reader = new Client(url, { roles: "reader" });
    expect((await reader.get("limits")).body).toMatchObject({
      limits: { absolute: { totalVolumesUsed: 0 } },
    });
  });

  describe("a response without a body has the type that it has in Cinder", () => {
    const admin = new Admin(url);
    const JSON_TYPE = "application/json";
    const HTML = "text/html; charset=UTF-8";
    const expectEmpty = async (sent: ReturnType<Client["send"]>, type: string) => {
      const { status, headers, body } = await sent;
      expect(status === 200 || status === 202).toBe(true);
      expect(body).toEqual({});
      expect(headers.get("Content-Type")).toBe(type);
      expect(headers.has("x-compute-request-id")).toBe(type === JSON_TYPE);
    };

    it("actions of a volume", async () => {
      const id = await admin.createVolume();
      const act = (body: object) => admin.send("POST", `volumes/${id}/action`, body);
      await expectEmpty(act({ "os-set_bootable": { bootable: true } }), JSON_TYPE);
      await expectEmpty(act({ "os-update_readonly_flag": { readonly: true } }), JSON_TYPE);
      await expectEmpty(act({ "os-reserve": {} }), JSON_TYPE);
      await expectEmpty(act({ "os-unreserve": {} }), JSON_TYPE);
      await expectEmpty(act({ "os-extend": { new_size: 2 } }), JSON_TYPE);
      await expectEmpty(act({ "os-reset_status": { status: "error" } }), JSON_TYPE);
      await expectEmpty(act({ "os-force_delete": {} }), JSON_TYPE);
      const other = await admin.createVolume();
      await expectEmpty(admin.send("POST", `volumes/${other}/action`, { "os-unmanage": {} }), HTML);
    });

    it("actions of a snapshot", async () => {
      const id = await admin.createSnapshot(await admin.createVolume());
      const act = (body: object) => admin.send("POST", `snapshots/${id}/action`, body);
      await expectEmpty(act({ "os-reset_status": { status: "creating" } }), JSON_TYPE);
      await expectEmpty(act({ "os-update_snapshot_status": { status: "available" } }), HTML);
      await expectEmpty(act({ "os-force_delete": {} }), JSON_TYPE);
    });

    it("deletions, and the access to a type", async () => {
      const transfer = await admin.createVolumeAndTransfer();
      await expectEmpty(admin.delete(`volume-transfers/${transfer.id}`), HTML);
      await expectEmpty(admin.delete(`volumes/${transfer.volume_id}`), HTML);
      await expectEmpty(admin.delete(`os-quota-sets/${admin.project}`), JSON_TYPE);
      const made = await admin.send("POST", "types", {
        volume_type: {
          name: crypto.randomUUID(),
          extra_specs: { key: "value" },
          "os-volume-type-access:is_public": false,
        },
      });
      const { id } = Object(Reflect.get(made.body, "volume_type"));
      const project = admin.project;
      await expectEmpty(admin.send("POST", `types/${id}/action`, { addProjectAccess: { project } }), HTML);
      await expectEmpty(admin.send("POST", `types/${id}/action`, { removeProjectAccess: { project } }), HTML);
      await expectEmpty(admin.delete(`types/${id}/extra_specs/key`), JSON_TYPE);
      await expectEmpty(admin.delete(`types/${id}`), HTML);
    });
  });
});
