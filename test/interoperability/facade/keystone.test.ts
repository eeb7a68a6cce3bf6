import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Client, type Transfer } from "../../support/client.ts";
import { member } from "../../support/member.ts";
import { type FacadeCloud, startFacadeCloud } from "./cloud.ts";

/** The sweep runs once a minute. */
const WAIT = { timeout: 180_000, interval: 1000 };

let cloud: FacadeCloud;
beforeAll(async () => {
  cloud = await startFacadeCloud();
});
afterAll(() => cloud?.stop());

const catalogSchema = z.object({
  token: z.object({
    catalog: z.array(z.object({ type: z.string(), endpoints: z.array(z.object({ url: z.string() })) })),
  }),
});

/** Returns the URLs of Block Storage in the catalog of a token. */
async function catalogUrls({ token }: Client): Promise<string[]> {
  const headers = { "X-Auth-Token": token, "X-Subject-Token": token };
  const response = await fetch(`${cloud.keystone.url}/auth/tokens`, { headers });
  const { catalog } = catalogSchema.parse(await response.json()).token;
  return catalog
    .filter(({ type }) => type === "block-storage" || type === "volumev3")
    .flatMap(({ endpoints }) => endpoints.map(({ url }) => url));
}

const send = (client: Client, action: "accept" | "decline", { id, auth_key }: Transfer) =>
  client.send("POST", `volume-transfers/${id}/${action}`, { [action]: { auth_key } });

async function offer(properties: object = {}) {
  const [alice, bob] = await Promise.all([cloud.client("alice"), cloud.client("bob")]);
  const volume = await cloud.createVolume("alice", { name: "web" });
  const { status, body } = await alice.createTransfer(volume, properties);
  expect(status, JSON.stringify(body)).toBe(202);
  return { alice, bob, volume, transfer: body.transfer };
}

/** Returns the owner and the status of a volume, as Cinder shows it to an admin. */
async function inCinder(volume: string): Promise<readonly unknown[]> {
  const admin = await cloud.client("admin", cloud.cinderUrl);
  const { body } = await admin.get(`volumes/${volume}`);
  return [body.volume["os-vol-tenant-attr:tenant_id"], body.volume.status];
}

describe("a real Keystone, a real Cinder, and the service in the catalog", () => {
  it("clients find the service at the URLs of the catalog, and Cinder's volumes there", async () => {
    const alice = await cloud.client("alice");
    const urls = await catalogUrls(alice);
    expect(urls).toContain(`${cloud.url}/v3/${alice.project}`);
    const volume = await cloud.createVolume("alice", { name: "found" });
    for (const url of urls) {
      const answer = await fetch(`${url}/volumes/${volume}`, { headers: { "X-Auth-Token": alice.token } });
      expect(await answer.json()).toMatchObject({ volume: { id: volume, name: "found" } });
    }
  });

  it("a volume is handed over to a project of Keystone, and Cinder has its new owner", async () => {
    const { projects } = cloud.keystone;
    const { alice, bob, volume, transfer } = await offer({ destination_project_id: projects.beta });
    expect(await inCinder(volume)).toEqual([projects.alpha, "awaiting-transfer"]);
    expect((await bob.get("volume-transfers/incoming")).body.transfers).toMatchObject([{ id: transfer.id }]);
    const [rita, bea] = await Promise.all([cloud.client("rita"), cloud.client("bea")]);
    expect((await send(bea, "accept", transfer)).status).toBe(403);
    expect((await rita.delete(`volume-transfers/${transfer.id}`)).status).toBe(403);
    expect((await send(bob, "accept", transfer)).status).toBe(202);
    expect(await inCinder(volume)).toEqual([projects.beta, "available"]);
    expect((await alice.get(`volumes/${volume}`)).status).toBe(404);
    expect((await alice.get("volume-transfers/history")).body.transfers).toMatchObject([
      { id: transfer.id, ended_as: "accepted" },
    ]);
  });

  it("a token that is missing, wrong or revoked gets a 401 for volumes and for transfers", async () => {
    const { project, token } = await cloud.client("alice");
    const revoked = new Client(cloud.url, { project, token });
    for (const path of ["volumes", "volume-transfers"]) expect((await revoked.get(path)).status).toBe(200);
    await cloud.keystone.revoke(token);
    for (const path of ["volumes", "volume-transfers"]) {
      await vi.waitFor(async () => expect((await revoked.get(path)).status).toBe(401), WAIT);
      const wrong = new Client(cloud.url, { project, token: "wrong" });
      expect((await wrong.get(path)).status).toBe(401);
      expect((await fetch(`${cloud.url}/v3/${project}/${path}`)).status).toBe(401);
    }
  });

  it("the sweep frees a declined volume in Cinder with its application credential", async () => {
    const { bob, volume, transfer } = await offer();
    expect((await send(bob, "decline", transfer)).status).toBe(202);
    const { alpha } = cloud.keystone.projects;
    await vi.waitFor(async () => expect(await inCinder(volume)).toEqual([alpha, "available"]), WAIT);
    const alice = await cloud.client("alice");
    const [ended] = (await alice.get("volume-transfers/history")).body.transfers;
    expect(member(ended, "ended_as")).toBe("declined");
    // Nobody else frees it: the owner has sent no request about transfers since.
    expect((await alice.createTransfer(volume)).status).toBe(202);
  });

  it("is ready", async () => {
    expect(await (await fetch(`${cloud.url}/readyz`)).text()).toBe("OK");
  });
});
