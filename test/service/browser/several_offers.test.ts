import type { Route } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { expectKeyNowhere, keyOf } from "./key_search.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

/** Volumes on a page. */
const PAGE = 25;

const served = servePage();

describe.each(DATABASES)("several offers that are made with one form, on %s", (database) => {
  let alice: Person;
  let client: Client;
  beforeEach(async () => {
    client = new Client(served.running[database].url);
    alice = await Person.signedIn(served.running[database].url, served.browser, client.project);
  });
  afterEach(() => alice?.close());

  /** Creates volumes, the first of 1 GiB, the second of 2, and so on. */
  const createVolumes = async (number: number) => {
    const ids: string[] = [];
    for (let n = 0; n < number; n++) ids.push(await client.createVolume({ name: `disk ${n}`, size: n + 1 }));
    return ids;
  };
  /** Begins to offer two volumes. */
  const makeTwo = async () => {
    await createVolumes(2);
    await alice.open();
    await alice.page.getByLabel("Select disk 1").check();
    await alice.page.getByLabel("Select disk 0").check();
    await alice.press("Offer them");
    await alice.press("Make 2 offers");
  };

  it("ask a question before they are left, unless all links are copied", async () => {
    await makeTwo();
    await alice.reads("All 2 offers are made.");
    await alice.press("Copy: Link of disk 1");
    await alice.press("Back to the volumes");
    await alice.reads("Leave without the links?");
  });

  it("are made one after another, and one that fails stops none of the others", async () => {
    const ids = await createVolumes(PAGE + 2);
    await alice.open();
    await alice.page.getByLabel("Select disk 26").check();
    await alice.press("Next");
    await alice.page.getByLabel("Select disk 1", { exact: true }).check();
    await alice.page.getByLabel("Select disk 0").check();
    await alice.reads("3 volumes selected, 30 GiB");
    await alice.press("Offer them");
    await alice.page.getByLabel("In a week").check();
    // Somebody takes one away meanwhile.
    await new Admin(served.running[database].url).resetStatus("volumes", ids[1] ?? "", "error");
    await alice.press("Make 3 offers");
    await alice.reads("2 of 3 offers are made.");
    await alice.reads("Only an available volume");
    await expectAccessible(alice, "several offers, of which one failed");
    await new Admin(served.running[database].url).resetStatus("volumes", ids[1] ?? "", "available");
    await alice.press("Try the failed one again");
    await alice.reads("All 3 offers are made.");
    await alice.press("Copy all links");
    const copied = await alice.page.evaluate<string>("navigator.clipboard.readText()");
    expect(copied.split("\n").map((line) => line.split(": ")[0])).toEqual(["disk 26", "disk 1", "disk 0"]);
    const taker = new Client(served.running[database].url);
    for (const line of copied.split("\n")) {
      const [, id = "", auth_key = ""] = /#(.+)\.(.+)$/.exec(line) ?? [];
      expect((await taker.accept({ id, auth_key })).status).toBe(202);
    }
    // The retry has made no offer twice.
    expect((await taker.get("volumes")).body.volumes).toHaveLength(3);
    await alice.press("Back to the volumes");
    await alice.sees("Volumes");
    await alice.reads("24 volumes");
    expect(await alice.page.getByText(/selected/).count()).toBe(0);
  });

  it("are for one project, whose members need no link", async () => {
    await createVolumes(2);
    const taker = new Client(served.running[database].url);
    await alice.open();
    await alice.page.getByLabel("Select disk 1").check();
    await alice.press("Select all on this page");
    await alice.reads("2 volumes selected");
    await alice.press("Offer them");
    await alice.type("Recipient's project ID (optional)", taker.project);
    await alice.press("Make 2 offers");
    await alice.reads("All 2 offers are made.");
    await alice.reads(/find the offers under Receive/);
    expect(await alice.page.getByLabel(/^Link of/).count()).toBe(0);
    const { transfers } = (await taker.get("volume-transfers/incoming")).body;
    expect(transfers.map(({ name }) => name).sort()).toEqual(["disk 0", "disk 1"]);
  });

  it("are not left before all are made without a question, which names those that are not", async () => {
    let held: Route | undefined;
    await alice.page.route("**/volume-transfers", (route) => {
      // The first is made, and the second waits.
      if (route.request().postData()?.includes("disk 0")) held = route;
      else void route.continue();
    });
    await makeTwo();
    await expect.poll(() => held).toBeDefined();
    const question = alice.page.getByRole("dialog", { name: "Leave before all offers are made?" });
    for (let n = 0; n < 2; n++) {
      await alice.goTo("History");
      await question.waitFor();
      expect(await question.getByRole("listitem").allTextContents()).toEqual(["disk 0 1 GiB"]);
      await expectAccessible(alice, "leaving before all offers are made");
      await alice.press("Stay here");
    }
    // The tab, too.
    const asked = alice.page.waitForEvent("dialog");
    await alice.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await held?.continue();
    await alice.reads("All 2 offers are made.");
    await alice.press("Copy all links");
    await alice.goTo("History");
    await alice.sees("History");
  });

  it("that are not made yet are not made after the reader has left", async () => {
    const held: Route[] = [];
    await alice.page.route("**/volume-transfers", (route) => void held.push(route));
    await makeTwo();
    await expect.poll(() => held.length).toBe(1);
    await alice.goTo("Volumes");
    await alice.press("Leave");
    await alice.sees("Volumes");
    await held[0]?.continue();
    await expect.poll(async () => (await client.get("volume-transfers")).body.transfers).toHaveLength(1);
    await alice.button("Offer disk 0").waitFor();
    expect(held).toHaveLength(1);
  });

  it("have their links to copy by hand where the browser does not let the page copy", async () => {
    // As on a site without TLS.
    await alice.page.addInitScript(`Object.defineProperty(navigator, "clipboard", { value: undefined })`);
    await makeTwo();
    await alice.reads("All 2 offers are made.");
    await alice.press("Copy all links");
    await alice.reads("The text is selected: copy it yourself.");
    const selected = await alice.page.evaluate<string>(`getSelection().toString()`);
    expect(selected).toMatch(/^disk 1: .*#.*\ndisk 0: .*#/);
    await expectAccessible(alice, "links that are selected");
    await alice.page.keyboard.press("Control+C");
    await alice.press("Back to the volumes");
    await alice.sees("Volumes");
    await expectKeyNowhere(keyOf(selected.trim()), alice, served.running[database]);
  });
});
