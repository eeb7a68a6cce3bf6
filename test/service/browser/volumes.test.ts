import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

/** Volumes on a page. */
const PAGE = 25;
/** A limit that only a page in error reaches. */
const WAIT = { timeout: 30_000 };

const served = servePage();

describe("every state of the volumes", () => {
  it.each(["desktop", "phone"])("is accessible, light and dark, on a %s", async (device) => {
    const { url } = served.running.libSQL;
    const client = new Client(url);
    const alice = await Person.signedIn(url, served.browser, client.project, { phone: device === "phone" });
    const seen = (state: string) => expectAccessible(alice, state);
    for (let n = 0; n < PAGE + 1; n++) await client.createVolume({ name: `disk ${n}` });
    const volume = await client.createVolume({ name: "full", metadata: { tier: "gold" } });
    await client.createSnapshot(volume, { name: "before the move" });
    await alice.open();
    await alice.reads("1 to 25 of 27 volumes");
    await alice.page.getByLabel("Select disk 24").check();
    await alice.page.getByLabel("Select disk 23").check();
    await seen("two selected");
    // Nothing is wider than the screen.
    expect(await alice.page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await alice.press("Offer them");
    await seen("offer two volumes");
    await alice.press("Make 2 offers");
    await alice.reads("All 2 offers are made.");
    await seen("two offers");
    await alice.press("Back to the volumes");
    await alice.reads("Leave without the links?");
    await seen("leaving without the links");
    await alice.press("Stay here");
    await alice.press("Copy all links");
    await alice.press("Back to the volumes");
    await alice.page.getByRole("link", { name: "full" }).click();
    await alice.sees("full");
    await alice.reads("before the move");
    await seen("a volume");
    await alice.close();
  });
});

describe.each(DATABASES)("the volumes of a project, on %s", (database) => {
  let alice: Person;
  let client: Client;
  beforeEach(async () => {
    client = new Client(served.running[database].url);
    alice = await Person.signedIn(served.running[database].url, served.browser, client.project);
  });
  afterEach(() => alice?.close());

  const names = () => alice.page.locator("tbody th a").allTextContents();
  const count = (text: string | RegExp) => alice.page.locator(".count").getByText(text).waitFor();
  const select = (label: string, option: string) =>
    alice.page.getByLabel(label, { exact: true }).selectOption(option);
  /** Returns the query of the address, without the ids in it. */
  const query = () =>
    new URL(alice.page.url()).search.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID");
  /** Creates volumes, the first of 1 GiB, the second of 2, and so on. */
  const createVolumes = async (number: number) => {
    const ids: string[] = [];
    for (let n = 0; n < number; n++) ids.push(await client.createVolume({ name: `disk ${n}`, size: n + 1 }));
    return ids;
  };

  it("have pages with their number, which back, forward and reload keep", async () => {
    await createVolumes(2 * PAGE);
    await alice.open();
    await count("1 to 25 of 50 volumes");
    await alice.press("Next");
    await count("26 to 50 of 50 volumes");
    expect(await names()).toEqual(Array.from({ length: PAGE }, (_, n) => `disk ${PAGE - 1 - n}`));
    // Exactly full, it is the last.
    expect(await alice.button("Next").isDisabled()).toBe(true);
    expect(query()).toBe("?view=volumes&page=2&after=ID");
    await alice.page.reload();
    await count("26 to 50 of 50 volumes");
    await alice.page.goBack();
    await count("1 to 25 of 50 volumes");
    await alice.page.goForward();
    await count("26 to 50 of 50 volumes");
    await alice.press("Previous");
    await count("1 to 25 of 50 volumes");
    expect(query()).toBe("?view=volumes");
    // The tab begins the view anew.
    await alice.press("Next");
    await count("26 to 50 of 50 volumes");
    await alice.goTo("Volumes");
    await count("1 to 25 of 50 volumes");
  });

  it("go back page by page from an address that was opened as it is", async () => {
    await createVolumes(2 * PAGE + 5);
    await alice.open();
    await alice.press("Next");
    await count("26 to 50 of 55 volumes");
    await alice.press("Next");
    await count("51 to 55 of 55 volumes");
    const address = alice.page.url();
    await alice.open(`${alice.url}?view=offers`);
    await alice.open(address);
    await count("51 to 55 of 55 volumes");
    await alice.press("Previous");
    await count("26 to 50 of 55 volumes");
    expect((await names())[0]).toBe("disk 29");
    await alice.page.reload();
    await count("26 to 50 of 55 volumes");
    await alice.press("Previous");
    await count("1 to 25 of 55 volumes");
    expect((await names())[0]).toBe("disk 54");
  });

  it("show the first page if that of the address does not exist any more", async () => {
    const ids = await createVolumes(PAGE + 1);
    await alice.open();
    await alice.press("Next");
    await count("26 to 26 of 26 volumes");
    await client.delete(`volumes/${ids[0]}`);
    await alice.page.reload();
    await count("25 volumes");
    expect(query()).toBe("?view=volumes");
    await alice.open(`${alice.url}?view=volumes&page=7&after=${crypto.randomUUID()}`);
    await count("25 volumes");
    // Nonsense is ignored.
    await alice.open(`${alice.url}?view=volumes&page=-1&sort=shoe&status=%3Cb%3E&volume=1`);
    await count("25 volumes");
  });

  it("are sorted by time, name and size, and filtered by status, which the address keeps", async () => {
    await createVolumes(3);
    const { url } = served.running[database];
    await new Admin(url).resetStatus("volumes", await client.createVolume({ name: "a wreck" }), "error");
    await client.createVolumeAndTransfer();
    await alice.open();
    await count("5 volumes");
    await select("Sort", "Name, A to Z");
    await expect
      .poll(async () => (await names()).filter((name) => !/^[0-9a-f]{8}-/.test(name)))
      .toEqual(["a wreck", "disk 0", "disk 1", "disk 2"]);
    await select("Sort", "Largest first");
    await expect.poll(async () => (await names()).slice(0, 2), WAIT).toEqual(["disk 2", "disk 1"]);
    await select("Sort", "Oldest first");
    await expect.poll(async () => (await names())[0], WAIT).toBe("disk 0");
    await select("Status", "Failed");
    await count("1 volume matches");
    expect(await names()).toEqual(["a wreck"]);
    expect(query()).toBe("?view=volumes&status=error&sort=created_at%3Aasc");
    await alice.page.reload();
    await count("1 volume matches");
    expect(await alice.page.getByLabel("Status", { exact: true }).inputValue()).toBe("error");
    await select("Status", "Offered");
    await alice.reads("Is offered");
    await alice.page.getByRole("searchbox").fill("no such name");
    await alice.page.getByRole("link", { name: "Show all volumes" }).click();
    await count("5 volumes");
    await alice.page.goBack();
    await alice.reads("No volume matches.");
    await alice.page.goBack();
    await count("1 volume matches");
  });

  it("are found on all pages by a part of the name, and the search is in the address", async () => {
    await createVolumes(PAGE + 5);
    await alice.open();
    await alice.page.getByRole("searchbox").fill("DISK 2");
    await count("11 volumes match");
    expect(query()).toBe("?view=volumes&search=DISK+2");
    await alice.page.reload();
    await count("11 volumes match");
    await alice.page.getByRole("searchbox").fill("isk");
    await count("1 to 25");
    await alice.press("Next");
    await count("26 to 30");
    // Another search begins with its first page.
    await alice.page.getByRole("searchbox").fill("disk 1");
    await count("11 volumes match");
  });

  it("are not searched by a link, whose key would be in the address and in a request", async () => {
    const { id, auth_key } = await client.createVolumeAndTransfer();
    await alice.open();
    await count("1 volume");
    const before = alice.sent.length;
    await alice.page.getByRole("searchbox").fill(`${alice.url}#${id}.${auth_key}`);
    await alice.reads("This is the link of an offer.");
    await alice.page.getByRole("searchbox").fill("");
    await alice.page.getByText("This is the link of an offer.").waitFor({ state: "detached" });
    await count("1 volume");
    const urls = [...alice.sent.slice(before).map(({ url }) => url), alice.page.url()];
    expect(urls.filter((url) => url.includes(auth_key))).toEqual([]);
  });

  it("have a detail with snapshots, metadata and owners, at an address of its own", async () => {
    const other = new Client(served.running[database].url);
    const volume = await client.createVolume({
      name: "the <b>shop</b>",
      description: "its data",
      size: 3,
      metadata: { tier: "gold" },
    });
    await client.createSnapshot(volume, { name: "before the move" });
    const { transfer } = (await client.createTransfer(volume)).body;
    await other.accept(transfer);
    await client.accept((await other.createTransfer(volume)).body.transfer);
    await alice.open();
    await alice.page.getByRole("link", { name: "the <b>shop</b>" }).click();
    await alice.sees("the <b>shop</b>");
    await alice.reads("before the move");
    await alice.reads("Received from project");
    const text = await alice.page.locator("main").textContent();
    for (const part of ["3 GiB", "Available", "Standard", "its data", "tier", "gold", other.project])
      expect(text).toContain(part);
    expect(text).toMatch(/Received from project .*Given to project .*Created/);
    await alice.button("Copy: ID").click();
    expect(await alice.page.evaluate<string>("navigator.clipboard.readText()")).toBe(volume);
    await alice.page.reload();
    await alice.sees("the <b>shop</b>");
    await alice.page.goBack();
    await alice.sees("Volumes");
    await alice.page.goForward();
    await alice.sees("the <b>shop</b>");
    await alice.page.getByRole("link", { name: "All volumes" }).click();
    await alice.sees("Volumes");
    // One of another project has no address here.
    await alice.open(`${alice.url}?view=volumes&volume=${await other.createVolume({ name: "secret" })}`);
    await alice.reads("This volume is not in your project, or not any more.");
    await expectAccessible(alice, "a volume of another project");
  });

  it("have an offer in their detail, with what can be done with it, and follow what becomes of it", async () => {
    const volume = await client.createVolume({ name: "on offer" });
    const { transfer } = (await client.createTransfer(volume, { name: "for the agency" })).body;
    await alice.open(`${alice.url}?view=volumes&volume=${volume}`);
    await alice.reads("Open offer");
    await alice.button("New link for on offer").waitFor();
    await expectAccessible(alice, "a volume that is offered");
    await alice.press("Withdraw on offer");
    await alice.page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await alice.button("Offer on offer").waitFor();
    expect((await client.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    await client.createTransfer(volume, { name: "once more" });
    await alice.page.getByRole("link", { name: "once more" }).click();
    await alice.sees("Offer of on offer");
  });

  it("are not selected any more when they cannot be offered any more", async () => {
    const [first = ""] = await createVolumes(2);
    await alice.open();
    await alice.page.getByLabel("Select disk 0").check();
    await alice.page.getByLabel("Select disk 1").check();
    await alice.reads("2 volumes selected, 3 GiB");
    await client.createTransfer(first);
    await alice.reads("1 volume selected, 2 GiB");
  });

  it("are selected, offered and looked at with the keyboard alone", async () => {
    await createVolumes(2);
    await alice.open();
    await alice.sees("Volumes");
    await alice.tabTo("Select disk 1", "checkbox");
    await alice.page.keyboard.press("Space");
    await alice.tabTo("Select disk 0", "checkbox");
    await alice.page.keyboard.press("Space");
    await alice.tabAndPress("Offer them");
    await alice.tabAndPress("Make 2 offers");
    await alice.reads("All 2 offers are made.");
    await alice.tabAndPress("Copy all links");
    await alice.tabAndPress("Back to the volumes");
    await alice.sees("Volumes");
    await alice.tabAndPress("disk 1", "link");
    await alice.sees("disk 1");
    await alice.tabAndPress("All volumes", "link");
    await alice.sees("Volumes");
  });
});
