import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../../service/browser/chromium.ts";
import { expectKeyNowhere, keyOf } from "../../service/browser/key_search.ts";
import { Person } from "../../service/browser/person.ts";
import { type FacadeCloud, startFacadeCloud } from "./cloud.ts";

let browser: Browser;
let cloud: FacadeCloud;
beforeAll(async () => {
  browser = await startBrowser();
  cloud = await startFacadeCloud();
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** Opens the page for both people. */
async function people() {
  const alice = await Person.at(cloud.url, browser);
  const bob = await Person.at(cloud.url, browser, { phone: true });
  await alice.open();
  await alice.signInWith("alice", cloud.keystone.password);
  return { alice, bob };
}

/** Returns the volume as Cinder itself shows it to a user. */
const inCinder = async (user: "alice" | "bob", volume: string) =>
  (await (await cloud.client(user, cloud.cinderUrl)).get(`volumes/${volume}`)).body.volume?.status;

describe("two people, in front of a real Cinder with a real Keystone", () => {
  it("hand a volume over by a link", async () => {
    const volume = await cloud.createVolume("alice", { name: "the shop", description: "its data", size: 3 });
    const { alice, bob } = await people();
    const link = await alice.offer("the shop");
    expect(await inCinder("alice", volume)).toBe("awaiting-transfer");
    await bob.open(link);
    await bob.signInWith("bob", cloud.keystone.password);
    await bob.look();
    const offered = await bob.page.locator("dl").textContent();
    for (const text of ["the shop", "its data", "3 GiB", "1 (3 GiB)", cloud.keystone.projects.alpha])
      expect(offered).toContain(text);
    await bob.accept();
    await alice.sees("Your offer is closed");
    await bob.press("See your volumes");
    await bob.reads("the shop");
    expect(await inCinder("bob", volume)).toBe("available");
    for (const person of [alice, bob]) {
      await expectKeyNowhere(keyOf(link), person, cloud);
      person.expectNothingUnexpected();
      await person.close();
    }
  });

  it("hand a volume over by the inbox, without a key", async () => {
    const volume = await cloud.createVolume("alice", { name: "the ledger" });
    const { alice, bob } = await people();
    await alice.press("Offer the ledger");
    await alice.type("Recipient's project ID (optional)", cloud.keystone.projects.beta);
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    await bob.open();
    await bob.signInWith("bob", cloud.keystone.password);
    await bob.page.getByRole("link", { name: /^Receive/ }).click();
    await bob.press("Look at the ledger");
    await bob.sees("Accept this volume?");
    await bob.accept();
    await alice.reads(/Accepted by project/);
    expect(await inCinder("bob", volume)).toBe("available");
    for (const person of [alice, bob]) {
      person.expectNothingUnexpected();
      await person.close();
    }
  });
});
