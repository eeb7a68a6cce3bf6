import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { expectAccessible } from "./accessibility.ts";
import { startBrowser } from "./chromium.ts";
import { Person } from "./person.ts";

let browser: Browser;
let running: ServiceOnBoth;
beforeAll(async () => {
  browser = await startBrowser();
  running = await startOnBoth({ ...NO_QUOTA, AUTH_STRATEGY: "noauth" });
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

describe.each(DATABASES)("a list of the page, on %s", (database) => {
  let alice: Person;
  let client: Client;
  beforeEach(async () => {
    client = new Client(running[database].url);
    alice = await Person.signedIn(running[database].url, browser, client.project);
  });
  afterEach(() => alice?.close());

  const names = () => alice.page.locator("tbody th bdi").allTextContents();
  /** Returns the rows of the table, each as the texts of its cells. */
  const rows = async (): Promise<string[][]> => {
    const found = await alice.page.locator("tbody tr").all();
    return Promise.all(found.map((row) => row.locator("th, td").allTextContents()));
  };
  const search = async (text: string): Promise<void> => {
    await alice.page.getByRole("searchbox").fill(text);
    await alice.page.waitForResponse((response) => /\/v3\/[^/]+\/volumes\//.test(response.url()));
  };

  it("has pages, and the search of volumes finds those of all pages", async () => {
    for (let n = 0; n < 25; n++) await client.createVolume({ name: `disk ${n}` });
    await alice.open();
    await alice.reads("disk 24");
    expect(await names()).toHaveLength(10);
    await alice.press("Next");
    await alice.reads("disk 14");
    await alice.press("Next");
    await alice.reads("disk 4");
    expect(await names()).toEqual(["disk 4", "disk 3", "disk 2", "disk 1", "disk 0"]);
    await alice.press("Previous");
    await alice.reads("disk 14");
    await search("DISK 2");
    await alice.page.getByText("disk 2", { exact: true }).waitFor();
    expect(await names()).toEqual(["disk 24", "disk 23", "disk 22", "disk 21", "disk 20", "disk 2"]);
    await search("isk");
    await alice.reads("disk 24");
    await alice.press("Next");
    await alice.reads("disk 14");
    // Another search begins with its first page.
    await search("disk 1");
    await alice.reads("disk 19");
    expect(await names()).toHaveLength(10);
    expect(await alice.button("Previous").isDisabled()).toBe(true);
  });

  it("finds volumes by one request to the API, whatever they are called", async () => {
    for (const name of ["50 % off", "a_b", "it's", "a+b & c"]) await client.createVolume({ name });
    const unnamed = await client.createVolume({ name: null });
    await alice.open();
    await alice.reads("50 % off");
    for (const [sought, found] of [
      ["% o", "50 % off"],
      ["_", "a_b"],
      ["'", "it's"],
      ["+B &", "a+b & c"],
      [unnamed.toUpperCase(), unnamed],
    ] as const) {
      const before = alice.sent.length;
      await search(sought);
      await expect.poll(rows).toEqual([[found, "1 GiB", "Standard", "Available", "Offer"]]);
      expect(alice.sent.slice(before).map(({ url }) => url)).toHaveLength(1);
    }
    await search(crypto.randomUUID());
    await alice.reads("No volume matches.");
    // A volume of another project is not found by its ID.
    await search(await new Client(running[database].url).createVolume());
    await alice.reads("No volume matches.");
  });

  it("shows the closed offers of both directions: accepted, withdrawn and ended", async () => {
    const [giver, taker] = [new Client(running[database].url), new Client(running[database].url)];
    const received = await giver.createVolumeAndTransfer({ name: "from afar" });
    await client.accept(received);
    const given = await client.createVolumeAndTransfer({ name: "to somebody" });
    await taker.accept(given);
    const bound = { name: "regretted", destination_project_id: taker.project };
    const withdrawn = await client.createVolumeAndTransfer(bound);
    await client.delete(`volume-transfers/${withdrawn.id}`);
    const volume = await client.createVolume();
    const expires_at = new Date(Date.now() + 2000).toISOString();
    const { transfer: ended } = (await client.createTransfer(volume, { name: "too late", expires_at })).body;
    await expect
      .poll(async () => (await client.get(`volume-transfers/${ended.id}`)).status, { timeout: 30_000 })
      .toBe(404);
    // It closes the transfer that has ended, as the sweep does within a minute.
    await client.createTransfer(volume, { name: "still open" });

    await alice.goTo("History");
    await alice.reads("too late");
    const closed = expect.stringMatching(/^\d+ \w+ \d{4}, \d\d:\d\d CES?T$/);
    expect(await rows()).toEqual([
      [expect.stringContaining("too late"), "Given", "Ended", "None", closed],
      [expect.stringContaining("regretted"), "Given", "Withdrawn", taker.project, closed],
      [expect.stringContaining("to somebody"), "Given", "Accepted", taker.project, closed],
      [expect.stringContaining("from afar"), "Received", "Accepted", giver.project, closed],
    ]);
    await expectAccessible(alice, "history in both directions");
    for (let n = 0; n < 10; n++) {
      const { id } = await client.createVolumeAndTransfer({ name: `later ${n}` });
      await client.delete(`volume-transfers/${id}`);
    }
    await alice.open(`${alice.url}?view=history`);
    await alice.reads("later 9");
    expect(await rows()).toHaveLength(10);
    await alice.press("Next");
    await alice.reads("from afar");
    expect((await rows()).map(([name]) => name)).toEqual([
      expect.stringContaining("too late"),
      expect.stringContaining("regretted"),
      expect.stringContaining("to somebody"),
      expect.stringContaining("from afar"),
    ]);
    expect(await alice.button("Next").isDisabled()).toBe(true);
  });
});
