import { describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("a response, on %s", (_database, url) => {
  const client = new Client(url);

  it("HEAD returns what GET returns, without the body", async () => {
    const response = await fetch(`${url}/v3/${client.project}/volumes`, {
      method: "HEAD",
      headers: { "X-Auth-Token": `alice:${client.project}` },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  it("has a request id of its own, in both headers", async () => {
    const responses = [
      await client.get("volumes"),
      await client.get("volumes"),
      await client.get(`volumes/${UNKNOWN_ID}`),
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

    it.each(["os-quota-sets", "os-quota-class-sets", "limits/x", "os-volume-manage/x", "volumes/x/y"])(
      "404 for %s, with the version if it is in a collection that exists",
      async (path) => {
        const { status, body, headers } = await client.get(path);
        expect(status).toBe(404);
        expect(body).toEqual({ itemNotFound: { code: 404, message: "The resource could not be found." } });
        const version = path === "volumes/x/y" ? null : "volume 3.70";
        expect(headers.get("OpenStack-API-Version")).toBe(version);
        expect((await client.get(`/v3/${path}`)).headers.get("OpenStack-API-Version")).toBe(version);
      },
    );

    it.each([
      ["DELETE", "volume-transfers", "GET, POST"],
      ["PUT", `volume-transfers/${UNKNOWN_ID}`, "GET, DELETE"],
      ["GET", `volume-transfers/${UNKNOWN_ID}/accept`, "POST"],
      ["POST", "volume-transfers/detail", "GET"],
      ["PATCH", "os-volume-transfer", "GET, POST"],
      ["DELETE", "volumes", "GET, POST"],
      ["POST", `snapshots/${UNKNOWN_ID}`, "GET, PUT, DELETE"],
      ["POST", "limits", "GET"],
      ["POST", "/", "GET"],
    ])("405 for %s %s, with Allow: %s", async (method, path, allow) => {
      const { status, body, headers } = await client.send(method, path);
      expect(status).toBe(405);
      expect(headers.get("Allow")).toBe(allow);
      expect(body).toMatchObject({ badMethod: { code: 405 } });
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
          const { status, body } = await client.send("POST", `${path}/${UNKNOWN_ID}/action`, sent);
          expect(status).toBe(400);
          expect(body.badRequest?.message).toBe("Malformed request body");
        }
      },
    );

    it("400 for an action without a body", async () => {
      for (const sent of [undefined, ""]) {
        const { status, body } = await client.send("POST", `volumes/${UNKNOWN_ID}/action`, sent);
        expect(status).toBe(400);
        expect(body.badRequest?.message).toBe(
          "There is no such action: None. Verify the request body and Content-Type header and try again.",
        );
      }
    });
  });
});
