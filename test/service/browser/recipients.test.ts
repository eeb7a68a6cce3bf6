import { describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

const served = servePage();

/** Two projects of their own, and a volume of the first. */
async function scene(url: string) {
  const [donor, recipient] = [new Client(url), new Client(url)];
  const volume = await donor.createVolume({ name: "database" });
  return { donor, recipient, volume, bound: { destination_project_id: recipient.project } };
}
const openInbox = (person: Person) => person.page.getByRole("link", { name: /^Receive/ }).click();

describe.each(DATABASES)("an offer for one project, on %s", (name) => {
  it("is found under Receive and accepted there, without a link", async () => {
    const { url } = served.running[name];
    const { donor, recipient } = await scene(url);
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.press("Offer database");
    await alice.type("Recipient's project ID (optional)", recipient.project);
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    await alice.reads("There is no link to send.");
    await expectAccessible(alice, "offered to a project");

    const bob = await Person.signedIn(url, served.browser, recipient.project, { phone: true });
    await openInbox(bob);
    await bob.button("Look at database").waitFor();
    await expectAccessible(bob, "inbox");
    await bob.press("Look at database");
    await bob.sees("Accept this volume?");
    // It has an address of its own, from which the browser's button and "Not now" lead to the list.
    await bob.page.reload();
    await bob.sees("Accept this volume?");
    await bob.page.goBack();
    await bob.press("Look at database");
    await bob.press("Not now");
    await bob.press("Look at database");
    await bob.sees("Accept this volume?");
    await bob.accept();
    await alice.reads(/Accepted by project/);
  });

  it("is declined with a reason, which its owner reads", async () => {
    const { url } = served.running[name];
    const { donor, recipient, volume, bound } = await scene(url);
    await donor.createTransfer(volume, bound);
    const bob = await Person.signedIn(url, served.browser, recipient.project);
    await openInbox(bob);
    await bob.reads("Open the link of the sender");
    await bob.press("Decline database");
    await bob.type("Why (optional)", "We have it already.");
    await expectAccessible(bob, "decline");
    await bob.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
    await bob.reads("No offer is waiting for your project.");
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.goTo("History");
    await alice.reads("We have it already.");
  });
});

describe("the page", () => {
  it("makes a new link for an offer, with which the one before does not work", async () => {
    const { url } = served.running.libSQL;
    const { donor, recipient, volume } = await scene(url);
    const { transfer } = (await donor.createTransfer(volume, { name: "handoff" })).body;
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.goTo("Open offers");
    await alice.press("New link for database");
    await alice.press("Make a new link");
    const link = await alice.page.getByLabel("Link", { exact: true }).inputValue();
    await expectAccessible(alice, "new link");
    expect((await recipient.accept(transfer)).status).toBe(400);
    expect((await recipient.accept({ ...transfer, auth_key: link.split(".").at(-1) ?? "" })).status).toBe(
      202,
    );
  });

  it("opens a view anew with its tab, also after an offer", async () => {
    const { url } = served.running.libSQL;
    const { donor } = await scene(url);
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.offer("database");
    await alice.goTo("Volumes");
    await alice.sees("Volumes");
  });

  it("says that a link is not complete, and answers at an address with a slash at its end", async () => {
    const { url } = served.running.libSQL;
    const alice = await Person.signedIn(url, served.browser, new Client(url).project);
    await alice.open(`${alice.url}/?again#${crypto.randomUUID()}`);
    await alice.reads(/link that you opened is not complete/);
    expect(alice.page.url()).toBe(`${alice.url}`);
  });

  it("tells a project that an offer is its own, and offers nothing more once it is closed", async () => {
    const { url } = served.running.libSQL;
    const { donor, volume } = await scene(url);
    const { transfer } = (await donor.createTransfer(volume)).body;
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.open(`${alice.url}?link#${transfer.id}.${transfer.auth_key}`);
    await alice.look();
    await alice.reads(/Your own project/);
    await donor.delete(`volume-transfers/${transfer.id}`);
    await alice.press(/^Accept$/);
    await alice.reads(/This offer is closed/);
    expect(await alice.button(/^Accept$/).count()).toBe(0);
    await expectAccessible(alice, "closed offer");
  });

  it("does not ask to look again with a wrong key", async () => {
    const { url } = served.running.libSQL;
    const { donor, recipient, volume } = await scene(url);
    const { transfer } = (await donor.createTransfer(volume)).body;
    const bob = await Person.signedIn(url, served.browser, recipient.project);
    await bob.open(`${bob.url}?link#${transfer.id}.0000000000000000`);
    await bob.press("Look at the offer");
    await bob.reads(/This key does not open the offer/);
    expect(await bob.button("Look at the offer").count()).toBe(0);
  });
});
