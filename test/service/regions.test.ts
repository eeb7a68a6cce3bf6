import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Admin, Client } from "../support/client.ts";
import { DATABASES } from "../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../support/service.ts";

let services: ServiceOnBoth;
beforeAll(async () => {
  services = await startOnBoth({ AUTH_STRATEGY: "noauth", REGIONS: "eu us", QUOTA_VOLUMES_US: "1" });
});
afterAll(() => services.stop());

const NOT_FOUND = { itemNotFound: { code: 404, message: "The resource could not be found." } };

describe.each(DATABASES)("a service with the regions eu and us, on %s", (database) => {
  const root = () => services[database].url;
  const eu = () => `${root()}/eu`;
  const us = () => `${root()}/us`;

  /** Returns clients of one project in both regions. */
  const createClients = (user = "alice") => {
    const project = crypto.randomUUID().replaceAll("-", "");
    return { inEu: new Client(eu(), { project, user }), inUs: new Client(us(), { project, user }) };
  };

  it("hands a volume over in each region", async () => {
    for (const url of [eu(), us()]) {
      const [donor, acceptor] = [new Client(url), new Client(url, { user: "bob" })];
      const transfer = await donor.createVolumeAndTransfer();
      expect((await acceptor.accept(transfer)).status).toBe(202);
      expect((await acceptor.get(`volumes/${transfer.volume_id}`)).body.volume).toMatchObject({
        "os-vol-tenant-attr:tenant_id": acceptor.project,
        status: "available",
      });
    }
  });

  it("returns 404 for the volumes and offers of another region", async () => {
    const { inEu, inUs } = createClients();
    const transfer = await inEu.createVolumeAndTransfer();
    expect((await inUs.get(`volumes/${transfer.volume_id}`)).status).toBe(404);
    expect((await inUs.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    const accepted = await new Client(us(), { user: "bob" }).accept(transfer);
    expect(accepted.status).toBe(404);
    expect(accepted.body.itemNotFound?.message).toBe(`Transfer ${transfer.id} could not be found.`);
    expect((await inUs.get("volume-transfers")).body.transfers).toEqual([]);
    // The wrong region counts no failed attempt.
    expect((await new Client(eu(), { user: "bob" }).accept(transfer)).status).toBe(202);
  });

  it("has quotas in each region, with defaults of the region's own", async () => {
    const { inEu, inUs } = createClients();
    await new Admin(eu()).setQuota(inEu.project, { volumes: 5 });
    await inEu.createVolume();
    await inEu.createVolume();
    expect(await inEu.usage()).toMatchObject({ volumes: 2 });
    expect(await inUs.usage()).toMatchObject({ volumes: 0 });
    const limitOf = async (client: Client) =>
      (await client.get(`os-quota-sets/${client.project}?usage=True`)).body.quota_set.volumes?.limit;
    expect(await limitOf(inEu)).toBe(5);
    expect(await limitOf(inUs)).toBe(1);
  });

  it.each(["", "/detail"])("has the region in the links and the next link of a page%s", async (detail) => {
    const { inEu } = createClients();
    const ids = [await inEu.createVolumeAndTransfer(), await inEu.createVolumeAndTransfer()].map(
      ({ id }) => id,
    );
    const { body } = await inEu.get(`volume-transfers${detail}?limit=1`);
    const [shown] = body.transfers;
    expect(ids).toContain(shown?.id);
    expect(shown).toMatchObject({
      links: [
        { rel: "self", href: `${eu()}/v3/${inEu.project}/os-volume-transfer/${shown?.id}` },
        { rel: "bookmark", href: `${eu()}/${inEu.project}/os-volume-transfer/${shown?.id}` },
      ],
    });
    const next = body.transfers_links?.[0]?.href ?? "";
    expect(next).toBe(`${eu()}/v3/${inEu.project}/volume-transfers${detail}?limit=1&marker=${shown?.id}`);
    const response = await fetch(next, {
      headers: { "X-Auth-Token": inEu.token, "OpenStack-API-Version": "volume 3.70" },
    });
    const page: { transfers: { id: string }[] } = await response.json();
    expect(ids).toContain(page.transfers[0]?.id);
    expect(page.transfers[0]?.id).not.toBe(shown?.id);
  });

  it.each(["/eu/", "/eu", "/eu/v3/"])("lists the versions of a region at %s", async (path) => {
    const response = await fetch(root() + path);
    const { versions }: { versions: { links: object[] }[] } = await response.json();
    expect(versions).toHaveLength(1);
    expect(versions[0]?.links).toContainEqual({ rel: "self", href: `${eu()}/v3/` });
  });

  it("redirects /eu/v3 within the region", async () => {
    const response = await fetch(`${eu()}/v3`, { redirect: "manual" });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe(`${eu()}/v3/`);
  });

  it("lists the regions without a region, and in each", async () => {
    const regions = ["eu", "us"].map((id) => ({ id, links: [{ rel: "self", href: `${root()}/${id}/` }] }));
    const choice = await fetch(`${root()}/`);
    expect(choice.status).toBe(300);
    expect(await choice.json()).toEqual({ regions });
    for (const url of [root(), eu()])
      expect(await (await fetch(`${url}/regions`)).json()).toEqual({ regions });
  });

  it("names the region's URL in its OpenAPI document, and all without a region", async () => {
    const serversOf = async (url: string): Promise<unknown> => {
      const document: { servers: unknown } = await (await fetch(`${url}/openapi.json`)).json();
      return document.servers;
    };
    expect(await serversOf(eu())).toEqual([{ url: eu(), description: "eu" }]);
    expect(await serversOf(root())).toEqual([
      { url: eu(), description: "eu" },
      { url: us(), description: "us" },
    ]);
  });

  it.each(["", "/us"])("shows the document that is beside %s/docs", async (region) => {
    const page = await (await fetch(`${root()}${region}/docs`)).text();
    const [, stylesheet = ""] = /href="([^"]+\.css)"/.exec(page) ?? [];
    const asset = new URL(stylesheet, `${root()}${region}/docs`);
    expect(asset.href).toBe(`${root()}${region}/docs/swagger-ui.css`);
    expect((await fetch(asset)).status).toBe(200);
  });

  it.each(["/v3/", "/v3/volumes", "/readyz", "/asia/v3/", "/EU/v3/", "/eu/us/v3/", "/euro/v3/", "/asia"])(
    "returns 404 for %s, as for any unknown path",
    async (path) => {
      const response = await fetch(root() + path, { headers: { "X-Auth-Token": "alice:alpha" } });
      expect(response.status).toBe(404);
      expect(response.headers.get("OpenStack-API-Version")).toBeNull();
      expect(await response.json()).toEqual(NOT_FOUND);
    },
  );

  it("is healthy without a region, and ready in each", async () => {
    for (const path of ["/healthcheck", "/eu/healthcheck", "/eu/readyz", "/us/readyz"]) {
      expect((await fetch(root() + path)).status, path).toBe(200);
    }
  });

  it("names the region in the log of requests", async () => {
    const { inEu } = createClients();
    const { headers } = await inEu.get("volumes");
    const id = headers.get("x-openstack-request-id") ?? "no id";
    await expect
      .poll(() => services[database].lines.find((line) => line.includes(id)))
      .toContain('"region":"eu"');
  });
});
