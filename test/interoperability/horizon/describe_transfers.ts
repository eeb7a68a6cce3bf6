import type { Browser } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client } from "../../support/client.ts";
import type { Keystone } from "../keystone/keystone.ts";
import { HorizonUser } from "./horizon_user.ts";

/** Horizon asks Nova for the servers of attached volumes. There is none here. */
const NO_NOVA = "Invalid service catalog: compute";

/** What the tests need of a cloud. */
export interface Scene {
  readonly horizonUrl: string;
  /** The region in which Horizon finds the service. */
  readonly region: string;
  readonly browser: Browser;
  readonly keystone: Keystone;
  /** Returns a client of the API as a user. */
  readonly client: (user: "alice" | "bob") => Promise<Client>;
  /** Creates a volume of a user, and returns its id once it is available. */
  readonly createVolume: (user: "alice", properties: object) => Promise<string>;
}

/** Defines the tests of transfers in Horizon. */
export function describeTransfers(where: string, scene: () => Scene): void {
  describe(`two people in Horizon, ${where}`, () => {
    const clientOf = (user: "alice" | "bob") => scene().client(user);
    const signIn = (name: "alice" | "bob") => {
      const { horizonUrl, browser, keystone, region } = scene();
      return HorizonUser.signIn(horizonUrl, browser, { name, password: keystone.password, region });
    };

    let name = "";
    let volume = "";
    let alice: HorizonUser;
    let bob: HorizonUser;
    beforeEach(async () => {
      name = `volume ${crypto.randomUUID()}`;
      volume = await scene().createVolume("alice", { name, size: 3 });
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
      expect(body.volume["os-vol-tenant-attr:tenant_id"]).toBe(scene().keystone.projects.beta);
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
}
