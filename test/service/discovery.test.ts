import { describe, expect, it } from "vitest";
import { Client } from "../support/client.ts";
import { messageOf } from "../support/message_of.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("discovery, on %s", (_database, url) => {
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

  it("GET /os-availability-zone lists the zone of new volumes", async () => {
    const client = new Client(url);
    const { status, body } = await client.get("os-availability-zone");
    expect(status).toBe(200);
    expect(body).toEqual({ availabilityZoneInfo: [{ zoneName: "nova", zoneState: { available: true } }] });
    const { volume } = (await client.get(`volumes/${await client.createVolume()}`)).body;
    expect(volume).toMatchObject({ availability_zone: "nova" });
  });

  it("GET /resource_filters lists the filters that users may apply, from 3.33 on", async () => {
    const client = new Client(url, { microversion: "3.33" });
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
    expect((await client.get("resource_filters?resource=")).body).toEqual(body);
    expect((await new Client(url, { microversion: "3.32" }).get("resource_filters")).status).toBe(404);
  });

  describe("GET /extensions", () => {
    it("lists the extensions, each of which can be shown", async () => {
      const client = new Client(url);
      const { status, body } = await client.get("extensions");
      expect(status).toBe(200);
      const transfer = {
        name: "VolumeTransfer",
        alias: "os-volume-transfer",
        description: "Transfers of volumes between projects.",
        updated: "2013-05-29T00:00:00+00:00",
        links: [],
      };
      expect(body).toMatchObject({ extensions: expect.arrayContaining([transfer]) });
      expect((await client.get("extensions/os-volume-transfer")).body).toEqual({ extension: transfer });
    });

    it("lists no extension that the service does not have, such as Hosts", async () => {
      const client = new Client(url);
      expect(JSON.stringify((await client.get("extensions")).body)).not.toContain("Hosts");
      expect((await client.get("os-hosts")).status).toBe(404);
    });

    it("returns 404 for an unknown alias", async () => {
      const { status, body } = await new Client(url).get("extensions/toString");
      expect(status).toBe(404);
      expect(body).toEqual({ itemNotFound: { code: 404, message: "The resource could not be found." } });
    });
  });

  it.each([
    ["groups", "3.13", "3.12", "Group"],
    ["group_snapshots", "3.14", "3.13", "GroupSnapshot"],
  ])("GET /%s returns an empty list from %s on", async (name, first, before, kind) => {
    const client = new Client(url, { microversion: first });
    for (const path of [name, `${name}/detail`]) {
      const { status, body } = await client.get(path);
      expect([status, body]).toEqual([200, { [name]: [] }]);
      expect((await new Client(url, { microversion: before }).get(path)).status).toBe(404);
    }
    expect(messageOf(404, await client.get(`${name}/x`))).toBe(`${kind} x could not be found.`);
    expect((await client.send("POST", name, { [name.slice(0, -1)]: {} })).status).toBe(405);
  });
});
