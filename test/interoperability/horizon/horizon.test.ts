import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startBrowser } from "../../service/browser/chromium.ts";
import { Client } from "../../support/client.ts";
import type { RestartableServer } from "../../support/restartable_server.ts";
import { type Cleanups, type Deployment, deployWithKeystone } from "../clients/deployments.ts";
import { REGION } from "../keystone/data.ts";
import { type Keystone, USERS } from "../keystone/keystone.ts";
import { startHorizon } from "./horizon.ts";
import { HorizonUser } from "./horizon_user.ts";

/** Horizon asks Nova for the servers of attached volumes. There is none here. */
const NO_NOVA = "Invalid service catalog: compute";

const cleanups: Cleanups = [];
let keystone: Keystone;
let deployments: readonly Deployment[];
let horizon: RestartableServer;
let browser: Browser;
beforeAll(async () => {
  ({ keystone, deployments } = await deployWithKeystone(cleanups));
  horizon = await startHorizon(keystone.url);
  cleanups.push(() => horizon.kill());
  browser = await startBrowser();
  cleanups.push(() => browser.close());
});
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

describe.each([
  ["D1", REGION],
  ["libSQL", "RegionTwo"],
] as const)("two people in Horizon, on %s", (database, region) => {
  /** Returns a client of the API as a user. */
  const clientOf = async (user: "alice" | "bob"): Promise<Client> => {
    const service = deployments.find((deployment) => deployment.database === database);
    return new Client(service?.url ?? "", {
      token: await keystone.token(user),
      project: keystone.projects[USERS[user].project],
    });
  };
  const signIn = (name: "alice" | "bob") =>
    HorizonUser.signIn(horizon.url, browser, { name, password: keystone.password, region });

  const name = `volume in ${region}`;
  let volume = "";
  let alice: HorizonUser;
  let bob: HorizonUser;
  beforeEach(async () => {
    volume = await (await clientOf("alice")).createVolume({ name, size: 3 });
    [alice, bob] = await Promise.all([signIn("alice"), signIn("bob")]);
  });
  afterEach(async () => {
    await Promise.all([alice?.close(), bob?.close()]);
    for (const user of ["alice", "bob"] as const) await (await clientOf(user)).delete(`volumes/${volume}`);
  });

  it("transfer a volume: Alice reads the key from the page, and Bob enters it", async () => {
    expect(await alice.row(name).textContent()).toMatch(/3GiB\s+Available/);
    expect(await alice.errors()).toEqual([NO_NOVA]);
    expect(await bob.row(name).count()).toBe(0);

    const credentials = await alice.createTransfer(name, "handoff");
    await alice.openVolumes();
    expect(await alice.row(name).textContent()).toContain("Awaiting Transfer");

    await bob.acceptTransfer(credentials);
    await bob.reads(`Successfully accepted volume transfer: "${credentials.id}"`);
    await bob.openVolumes();
    expect(await bob.row(name).textContent()).toMatch(/3GiB\s+Available/);
    expect(await bob.errors()).toEqual([NO_NOVA]);
    await alice.openVolumes();
    expect(await alice.row(name).count()).toBe(0);

    const { status, body } = await (await clientOf("bob")).get(`volumes/${volume}`);
    expect(status).toBe(200);
    expect(body.volume["os-vol-tenant-attr:tenant_id"]).toBe(keystone.projects.beta);
    expect((await (await clientOf("alice")).get(`volumes/${volume}`)).status).toBe(404);
  });

  it("cancel a transfer: the volume is available again, and the key is worthless", async () => {
    const credentials = await alice.createTransfer(name, "regretted");
    await alice.cancelTransfer(name);
    await alice.reads('Successfully deleted volume transfer "regretted"');
    await alice.openVolumes();
    expect(await alice.row(name).textContent()).toContain("Available");

    await bob.acceptTransfer(credentials);
    await bob.reads("Unable to accept volume transfer.");
  });

  it("are shown an error for a wrong key, and nothing is transferred", async () => {
    const { id, auth_key } = await alice.createTransfer(name, "guessed");
    await bob.acceptTransfer({ id, auth_key: `${auth_key.slice(1)}!` });
    await bob.reads("Unable to accept volume transfer.");
    await bob.openVolumes();
    expect(await bob.row(name).count()).toBe(0);
    const owner = await clientOf("alice");
    expect((await owner.get(`volumes/${volume}`)).body.volume.status).toBe("awaiting-transfer");
    await owner.delete(`volume-transfers/${id}`);
  });
});
