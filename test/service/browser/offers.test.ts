import { describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { expectKeyNowhere, keyOf } from "./key_search.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

const served = servePage();

const focused = ({ page }: Person) => page.evaluate<string>("document.activeElement.textContent");

describe.each(DATABASES)("the list of open offers, on %s", (database) => {
  it("shows the volume, for whom the offer is, and who has looked; and leads to both", async () => {
    const { url } = served.running[database];
    const [donor, recipient] = [new Client(url), new Client(url)];
    const volume = await donor.createVolume({ name: "database", size: 3 });
    const { transfer } = (await donor.createTransfer(volume, { name: "for the agency" })).body;
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.goTo("Open offers");
    await alice.reads("Anybody with the link");
    await alice.reads("Not yet");
    const key = { preview: { auth_key: transfer.auth_key } };
    await recipient.send("POST", `volume-transfers/${transfer.id}/preview`, key);
    await alice.page.locator("td code", { hasText: recipient.project }).waitFor();
    await alice.page.getByRole("link", { name: "for the agency" }).click();
    await alice.sees("Offer of database");
    const detail = await alice.page.locator("dl").textContent();
    for (const text of ["database", "3 GiB", "for the agency", recipient.project, "No end"])
      expect(detail).toContain(text);
    await alice.page.reload();
    await alice.reads("Last looked at");
    await alice.page.getByRole("link", { name: "database" }).click();
    await alice.page.waitForURL(`${alice.url}?view=volumes&volume=${volume}`);
    await alice.page.goBack();
    await alice.reads("Last looked at");
    await alice.page.getByRole("link", { name: "All open offers" }).click();
    await alice.sees("Open offers");

    await recipient.accept(transfer);
    await recipient.send("PUT", `volumes/${volume}`, { volume: { name: "renamed" } });
    await alice.goTo("History");
    await alice.page.getByRole("link", { name: "for the agency" }).click();
    await alice.reads(/Accepted by project/);
    const closed = await alice.page.locator("dl").textContent();
    for (const text of ["database", "Given", recipient.project]) expect(closed).toContain(text);
    expect(closed).not.toContain("renamed");
    await expectAccessible(alice, "an accepted offer");
    await alice.close();
  });

  it("asks before it withdraws, with the focus on Cancel, to which Escape and Enter lead", async () => {
    const { url } = served.running[database];
    const donor = new Client(url);
    const { id } = await donor.createVolumeAndTransfer({ name: "kept" });
    const alice = await Person.signedIn(url, served.browser, donor.project);
    await alice.goTo("Open offers");
    for (const button of ["Withdraw kept", "New link for kept"]) {
      for (const key of ["Enter", "Escape"]) {
        await alice.press(button);
        await expect.poll(() => focused(alice)).toBe("Cancel");
        await alice.page.keyboard.press(key);
        await alice.page.getByRole("dialog").waitFor({ state: "detached" });
        // The focus is where it was.
        expect(await alice.button(button).evaluate((element) => element.matches(":focus"))).toBe(true);
      }
    }
    expect((await donor.get(`volume-transfers/${id}`)).status).toBe(200);
    expect(alice.sent.filter(({ method }) => method === "POST")).toHaveLength(1);
    await alice.close();
  });
});

describe("an own offer that was closed meanwhile", () => {
  it("is not withdrawn, and the page does not send its owner to the sender", async () => {
    const { url } = served.running.libSQL;
    const donor = new Client(url);
    const transfer = await donor.createVolumeAndTransfer({ name: "taken" });
    const alice = await Person.at(url, served.browser);
    await alice.page.route("**/volume-transfers/changes", (route) => route.abort());
    await alice.open();
    await alice.signInAs("alice", donor.project);
    await alice.goTo("Open offers");
    await alice.press("Withdraw taken");
    await new Client(url).accept(transfer);
    await alice.page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await alice.reads(/This offer is closed already: it was accepted/);
    expect(await alice.page.getByText("Ask the sender").count()).toBe(0);
    await alice.close();
  });
});

describe("the link of an offer that was just made", () => {
  const make = async ({ url }: { readonly url: string } = served.running.libSQL) => {
    const donor = new Client(url);
    await donor.createVolume({ name: "precious" });
    const alice = await Person.signedIn(url, served.browser, donor.project);
    // Otherwise the browser's button leaves the page.
    for (const view of ["History", "Volumes"]) await alice.goTo(view);
    await alice.press("Offer precious");
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    return { alice };
  };
  const question = ({ page }: Person) => page.getByRole("dialog", { name: "Leave without the link?" });

  it("is not left without a question, by a tab or by the browser's button; the question comes once", async () => {
    for (const leave of [
      (alice: Person) => alice.goTo("Open offers"),
      (alice: Person) => alice.page.goBack(),
      (alice: Person) => alice.press("Back to the volumes"),
      (alice: Person) => alice.choose("Sign out"),
    ]) {
      const { alice } = await make();
      await leave(alice);
      await question(alice).waitFor();
      await alice.page.keyboard.press("Enter");
      await question(alice).waitFor({ state: "detached" });
      await alice.sees("Your offer");
      await leave(alice);
      await alice.page.getByRole("heading", { name: "Your offer" }).waitFor({ state: "detached" });
      await alice.close();
    }
  });

  it("is not hidden by a session that ends, before it was copied", async () => {
    const { alice } = await make(served.running.D1);
    await alice.context.clearCookies();
    await alice.page.waitForResponse(
      (response) => response.url().endsWith("/changes") && response.status() === 401,
    );
    await alice.press("Copy: Link");
    await alice.sees("Sign in");
    await alice.reads("Your session has ended. Sign in to continue.");
    await alice.close();
  });

  it("is not asked about by a dialog that shows nothing for the only time", async () => {
    const { alice } = await make();
    await alice.press("New link");
    await alice.press("Cancel");
    await alice.page.getByRole("dialog").waitFor({ state: "detached" });
    await alice.press("Withdraw");
    await alice.page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await alice.sees("Your offer is closed");
    await alice.reads("Withdrawn: the volume is yours again.");
    await alice.close();
  });

  it("is left without a question once it was copied", async () => {
    const { alice } = await make();
    await alice.press("Copy: Link");
    await alice.goTo("Open offers");
    await alice.sees("Open offers");
    await alice.close();
  });

  it("can be shared where the browser can, and then has been taken", async () => {
    const { url } = served.running.libSQL;
    const donor = new Client(url);
    await donor.createVolume({ name: "precious" });
    const alice = await Person.at(url, served.browser, { phone: true });
    // Chromium on Linux has no window for it.
    await alice.page.addInitScript("navigator.share = async ({ url }) => { window.shared = url; }");
    await alice.open();
    await alice.signInAs("alice", donor.project);
    await alice.press("Offer precious");
    await alice.press("Make the offer");
    await alice.press("Share");
    expect(await alice.page.evaluate<string>("window.shared")).toMatch(/#[0-9a-f-]{36}\.[0-9a-z]{16}$/);
    await expectAccessible(alice, "a link to share");
    await alice.goTo("History");
    await alice.sees("History");
    await alice.close();
  });

  it("is selected where the browser does not let the page copy, and the page says so", async () => {
    const { url } = served.running.libSQL;
    const donor = new Client(url);
    await donor.createVolume({ name: "by hand" });
    const alice = await Person.at(url, served.browser);
    // As on a site without TLS.
    await alice.page.addInitScript(`Object.defineProperty(navigator, "clipboard", { value: undefined })`);
    await alice.open();
    await alice.signInAs("alice", donor.project);
    await alice.press("Offer by hand");
    await alice.press("Make the offer");
    await alice.press("Copy: Link");
    await alice.reads("The text is selected: copy it yourself.");
    expect(await alice.page.evaluate<string>("getSelection().toString()")).toMatch(
      /#[0-9a-f-]{36}\.[0-9a-z]{16}$/,
    );
    await alice.close();
  });

  it("is replaced by a new one on demand, which is a new question", async () => {
    const { alice } = await make();
    await alice.press("Copy: Link");
    const before = await alice.page.getByLabel("Link", { exact: true }).inputValue();
    await alice.press("New link");
    await alice.press("Make a new link");
    await expect.poll(() => alice.page.getByLabel("Link", { exact: true }).inputValue()).not.toBe(before);
    await alice.goTo("History");
    await question(alice).waitFor();
    await alice.press("Leave");
    await alice.sees("History");
    await expectKeyNowhere(keyOf(before), alice, served.running.libSQL);
    await alice.close();
  });

  it("takes a small part of a phone's screen as a QR code, and none before it is asked for", async () => {
    const { url } = served.running.libSQL;
    const donor = new Client(url);
    await donor.createVolume({ name: "small" });
    const alice = await Person.signedIn(url, served.browser, donor.project, { phone: true });
    await alice.press("Offer small");
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    const code = alice.page.getByRole("img", { name: "QR code of the link" });
    expect(await code.count()).toBe(0);
    await alice.press("Show a QR code");
    expect((await code.boundingBox())?.height).toBeLessThan(844 / 4);
    await alice.close();
  });
});

describe("an offer that was opened by its link", () => {
  it("is declined there, with a reason", async () => {
    const { url } = served.running.libSQL;
    const [donor, recipient] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer();
    const bob = await Person.signedIn(url, served.browser, recipient.project);
    await bob.open(`${bob.url}?link#${transfer.id}.${transfer.auth_key}`);
    await bob.look();
    await bob.press("Decline");
    await bob.type("Why (optional)", "Too large.");
    await bob.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
    await bob.sees("You have declined the offer");
    const [closed] = (await donor.get("volume-transfers/history")).body.transfers;
    expect(closed).toMatchObject({ ended_as: "declined", decline_reason: "Too large." });
    await bob.close();
  });
});
