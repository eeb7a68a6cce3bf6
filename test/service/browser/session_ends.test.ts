import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { expectKeyNowhere } from "./key_search.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

const served = servePage();

describe.each(DATABASES)("a session that ends, on %s", (database) => {
  let alice: Person;
  let client: Client;
  const url = () => served.running[database].url;
  beforeEach(async () => {
    client = new Client(url());
    alice = await Person.signedIn(url(), served.browser, client.project);
  });
  afterEach(() => alice?.close());

  const textIn = (label: string) => alice.page.getByLabel(label, { exact: true }).inputValue();
  /** Ends the session behind the page's back, and waits until it has noticed. */
  async function endSession(): Promise<void> {
    await alice.endSession();
    await alice.sees("Sign in");
    await alice.reads("Your session has ended. Sign in to continue.");
  }
  /** Fills in an offer, but for its button. */
  async function beginOffer(): Promise<void> {
    await client.createVolume({ name: "half done" });
    await alice.open();
    await alice.press("Offer half done");
    await alice.type("Name of the offer (optional)", "for the agency");
    await alice.page.getByLabel("In a week").check();
    await alice.page.getByLabel("With its snapshots").uncheck();
    await alice.type("Recipient's project ID (optional)", "beta");
    await alice.page.getByLabel(/^Its members find the offer/).uncheck();
  }

  it("keeps a form that is half filled in, for the same user and project", async () => {
    await beginOffer();
    await endSession();
    await expectAccessible(alice, "sign in again");
    await alice.signInAs("alice", client.project);
    expect(await textIn("Name of the offer (optional)")).toBe("for the agency");
    // Nothing says any more that the session has ended.
    expect(await alice.page.getByRole("alert").count()).toBe(0);
    await expectAccessible(alice, "an offer after a new sign-in");
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    const { transfers } = (await client.get("volume-transfers/detail")).body;
    expect(transfers).toMatchObject([
      { name: "for the agency", no_snapshots: true, destination_project_id: "beta" },
    ]);
  });

  it("keeps it also if the form's own button has found out, and shows no error of the time between", async () => {
    await alice.page.route("**/changes", (route) => route.abort());
    await beginOffer();
    await alice.context.clearCookies();
    await alice.press("Make the offer");
    await alice.sees("Sign in");
    await alice.signInAs("alice", client.project);
    expect(await alice.page.getByRole("alert").count()).toBe(0);
    await alice.press("Make the offer");
    await alice.sees("Your offer");
  });

  it("keeps nothing for another user, another project, or after a sign-out", async () => {
    for (const [user, project] of [
      ["carol", client.project],
      ["alice", new Client(url()).project],
    ] as const) {
      await beginOffer();
      await endSession();
      await alice.signInAs(user, project);
      await alice.sees("Volumes");
      expect(await alice.page.locator("dialog").count()).toBe(0);
      await alice.choose("Sign out");
      await alice.signInAs("alice", client.project);
      await alice.sees("Volumes");
      expect(await alice.page.locator("dialog").count()).toBe(0);
      for (const { id } of (await client.get("volumes")).body.volumes) await client.delete(`volumes/${id}`);
    }
  });

  it("keeps an ID and a key that were typed in, and only in memory", async () => {
    const { id, auth_key } = await new Client(url()).createVolumeAndTransfer();
    await alice.goTo("Receive");
    await alice.type("ID", id);
    await alice.type("Key", auth_key);
    await endSession();
    await expectKeyNowhere(auth_key, alice, served.running[database]);
    await alice.signInAs("alice", client.project);
    await alice.press("Continue");
    await alice.look();
    await alice.accept();
    await expectKeyNowhere(auth_key, alice, served.running[database]);
  });

  it("stops several offers that are being made, which go on after the sign-in", async () => {
    for (let n = 0; n < 3; n++) await client.createVolume({ name: `disk ${n}` });
    await alice.open();
    await alice.page.getByLabel("Select disk 2").check();
    await alice.press("Select all on this page");
    await alice.press("Offer them");
    let requests = 0;
    await alice.page.route("**/volume-transfers", async (route) => {
      requests++;
      if (requests === 2) await alice.context.clearCookies();
      // With the cookies of now.
      await (requests === 2
        ? route.fulfill({ status: 401, json: { error: { message: "authentication" } } })
        : route.continue());
    });
    await alice.press("Make 3 offers");
    await alice.sees("Sign in");
    expect(requests).toBe(2);
    await alice.signInAs("alice", client.project);
    await alice.reads("All 3 offers are made.");
    expect((await client.get("volume-transfers")).body.transfers).toHaveLength(3);
    await alice.press("Copy all links");
    const copied = await alice.page.evaluate<string>("navigator.clipboard.readText()");
    expect(copied.split("\n")).toHaveLength(3);
  });
});
