import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

const served = servePage();

describe.each(DATABASES)("a list of the page, on %s", (database) => {
  let alice: Person;
  let client: Client;
  beforeEach(async () => {
    client = new Client(served.running[database].url);
    alice = await Person.signedIn(served.running[database].url, served.browser, client.project);
  });
  afterEach(() => alice?.close());

  /** Returns the rows of the table, each as the texts of its cells. */
  const rows = async (): Promise<string[][]> => {
    const found = await alice.page.locator("tbody tr").all();
    return Promise.all(found.map((row) => row.locator("th, td").allTextContents()));
  };
  const search = async (text: string): Promise<void> => {
    await alice.page.getByRole("searchbox").fill(text);
    await alice.page.waitForResponse((response) => /\/v3\/[^/]+\/volumes\//.test(response.url()));
  };

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
      const requests = () => alice.sent.filter(({ url }) => /\/volumes\//.test(url));
      const before = requests().length;
      await search(sought);
      const created = expect.stringMatching(/^\d+ \w+ \d{4}, \d\d:\d\d CES?T$/);
      await expect.poll(rows).toEqual([[found, "1 GiB", "Available", created, "Offer"]]);
      expect(requests()).toHaveLength(before + 1);
    }
    await search(crypto.randomUUID());
    await alice.reads("No volume matches.");
    // A volume of another project is not found by its ID.
    await search(await new Client(served.running[database].url).createVolume());
    await alice.reads("No volume matches.");
  });

  it("shows the closed offers of both directions: accepted, withdrawn and ended", async () => {
    const [giver, taker] = [
      new Client(served.running[database].url),
      new Client(served.running[database].url),
    ];
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
