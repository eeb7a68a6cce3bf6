import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Keystone, startKeystone } from "../../interoperability/keystone/keystone.ts";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { startBrowser } from "./chromium.ts";
import { expectKeyNowhere, keyOf } from "./key_search.ts";
import { Person } from "./person.ts";

let browser: Browser;
let keystone: Keystone;
let running: ServiceOnBoth;
beforeAll(async () => {
  browser = await startBrowser();
  keystone = await startKeystone({ blockStorageUrl: "http://127.0.0.1:8776" });
  running = await startOnBoth({
    ...NO_QUOTA,
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    // The machine of the tests can be slow.
    KEYSTONE_TIMEOUT_MS: "25000",
    TOKEN_CACHE_SECONDS: "0",
  });
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await keystone?.close();
});

describe.each(DATABASES)("two people in two browsers, with a real Keystone, on %s", (database) => {
  const service = () => running[database];
  let alice: Person;
  let bob: Person;
  let client: Client;
  beforeEach(async () => {
    client = new Client(service().url, {
      token: await keystone.token("alice"),
      project: keystone.projects.alpha,
    });
    alice = await Person.at(service().url, browser);
    bob = await Person.at(service().url, browser, { phone: true });
  });
  afterEach(async () => {
    await alice?.close();
    await bob?.close();
  });

  it("hand a volume over: offer, link, look, accept; and the key is nowhere else", async () => {
    const volume = await client.createVolume({ name: "the <b>shop</b>", description: "its data", size: 3 });
    await client.createSnapshot(volume);

    await alice.open();
    await alice.signInWith("alice", keystone.password);
    const link = await alice.offer("the <b>shop</b>");
    expect(link).toMatch(/\/handoff#[0-9a-f-]{36}\.[0-9a-z]{16}$/);
    await alice.press("Show a QR code");
    expect(await alice.page.getByRole("img", { name: "QR code of the link" }).isVisible()).toBe(true);
    expect(await alice.page.evaluate<string>("navigator.clipboard.readText()")).toBe(link);
    await alice.page.getByText("For the command line").click();
    expect(await alice.page.getByLabel("Command of the recipient", { exact: true }).inputValue()).toBe(
      `openstack volume transfer request accept --auth-key ${keyOf(link)} ${link.split("#")[1]?.slice(0, 36)}`,
    );

    await bob.open(link);
    await bob.sees("Sign in");
    expect(bob.page.url()).toBe(`${service().url}/handoff`);
    await bob.signInWith("bob", keystone.password);
    await bob.sees("You are offered a volume");
    // The link alone does nothing: the page has asked what is in the inbox, and nothing about the offer.
    const asked = bob.sent.filter(({ url }) => url.includes("volume-transfers"));
    expect(asked.filter(({ method }) => method !== "GET")).toEqual([]);
    for (const { url } of asked)
      expect(url).toMatch(/\/volume-transfers\/(incoming\/detail\?limit=\d+|changes)$/);
    await bob.look();
    const offered = await bob.page.locator("dl").textContent();
    for (const text of ["the <b>shop</b>", "its data", "3 GiB", "1 (3 GiB)", "beta", keystone.projects.alpha])
      expect(offered).toContain(text);
    expect(offered).toMatch(/in \d+ hours?, .*CET/);
    expect((await client.get(`volumes/${volume}`)).body.volume.status).toBe("awaiting-transfer");
    await bob.accept();

    await alice.sees("Your offer is closed");
    await alice.reads(/Accepted/);
    expect((await client.send("GET", `volumes/${volume}`)).status).toBe(404);
    await bob.press("See your volumes");
    await bob.reads("the <b>shop</b>");
    for (const person of [alice, bob]) {
      await expectKeyNowhere(keyOf(link), person, service());
      person.expectNothingUnexpected();
    }
  });

  it("do it with the keyboard alone", async () => {
    await client.createVolume({ name: "by keyboard" });
    await alice.open();
    await alice.tabAndType("User name", "alice");
    await alice.tabAndType("Password", keystone.password);
    await alice.page.keyboard.press("Enter");
    await alice.sees("Volumes");
    await alice.tabAndPress("Offer by keyboard");
    await alice.tabTo("In a day", "radio");
    await alice.page.keyboard.press("ArrowRight");
    await alice.tabAndPress("Make the offer");
    await alice.sees("Your offer");
    await alice.tabAndPress("Copy: Link");
    await alice.page.getByText("Copied", { exact: true }).waitFor();
    const link = await alice.page.evaluate<string>("navigator.clipboard.readText()");
    expect(await alice.page.locator("time").first().getAttribute("datetime")).toMatch(
      new RegExp(`^${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}`),
    );

    await bob.open(link);
    await bob.tabAndType("User name", "bob");
    await bob.tabAndType("Password", keystone.password);
    await bob.page.keyboard.press("Enter");
    await bob.tabAndPress("Look at the offer");
    await bob.tabAndPress("Accept");
    await bob.sees("The volume is yours");
    await bob.tabAndPress("See your volumes");
    await bob.reads("by keyboard");
  });

  it("choose and change the project without a new login, and take an offer into the new one", async () => {
    const volume = await client.createVolume({ name: "for the other project" });
    const { transfer } = (await client.createTransfer(volume)).body;
    await keystone.addToProject("bob", "alpha");
    await bob.open(`${bob.url}#${transfer.id}.${transfer.auth_key}`);
    await bob.type("User name", "bob");
    await bob.type("Password", keystone.password);
    await bob.press("Sign in");
    await bob.sees("Choose a project");
    await bob.page.getByRole("combobox", { name: "Project" }).selectOption(keystone.projects.alpha);
    await bob.press("Use this project");
    await bob.look();
    await bob.choose("Change project");
    await bob.page.getByRole("combobox", { name: "Project" }).selectOption(keystone.projects.beta);
    await bob.press("Use this project");
    await bob.look();
    await bob.accept();
    const beta = { token: await keystone.token("bob"), project: keystone.projects.beta };
    expect((await new Client(service().url, beta).get(`volumes/${volume}`)).status).toBe(200);
    await keystone.removeFromProject("bob", "alpha");
  });

  it("go on after a session that has ended, in the same of several projects and without choosing it again", async () => {
    await client.createVolume({ name: "interrupted" });
    await keystone.addToProject("alice", "beta");
    await alice.open();
    await alice.type("User name", "alice");
    await alice.type("Password", keystone.password);
    await alice.press("Sign in");
    await alice.page.getByRole("combobox", { name: "Project" }).selectOption(keystone.projects.alpha);
    await alice.press("Use this project");
    await alice.press("Offer interrupted");
    await alice.type("Name of the offer (optional)", "half typed");
    await alice.context.clearCookies();
    await alice.press("Make the offer");
    await alice.sees("Sign in");
    await alice.type("User name", "alice");
    await alice.type("Password", keystone.password);
    await alice.press("Sign in");
    const name = alice.page.getByLabel("Name of the offer (optional)", { exact: true });
    await name.waitFor();
    expect(await name.inputValue()).toBe("half typed");
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    await keystone.removeFromProject("alice", "beta");
  });

  it("sign in with an access key", async () => {
    const { id, secret } = await keystone.applicationCredential("alice");
    await alice.open();
    await alice.page.getByLabel("Access key", { exact: true }).check();
    // Its name in OpenStack, for whoever made it there.
    await alice.reads(/application credential/);
    await alice.type("ID of the access key", id);
    await alice.type("Secret", secret);
    await alice.press("Sign in");
    await alice.reads("alice in project");
    await alice.sees("Volumes");
    await alice.openAccount();
    await alice.button("Sign out").waitFor();
    expect(await alice.button("Change project").count()).toBe(0);
  });

  it("are told what is wrong with a sign-in, and nothing of it is logged", async () => {
    await alice.open();
    await alice.type("User name", "alice");
    await alice.type("Password", "not-the-password");
    await alice.press("Sign in");
    await alice.reads("The user name, the domain or the password is wrong.");
    await keystone.kill();
    await alice.press("Sign in");
    await alice.reads("You cannot be signed in at this moment.");
    await keystone.start();
    await alice.signInWith("alice", keystone.password);
    const logged = service().lines.join("\n");
    expect(logged).not.toContain("not-the-password");
    expect(logged).not.toContain(keystone.password);
  });

  it("sign out, and a copy of the cookie is worthless", async () => {
    await alice.open();
    await alice.signInWith("alice", keystone.password);
    const copies = await alice.context.cookies();
    expect(copies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
      { name: "handoff", httpOnly: true, sameSite: "Strict" },
    ]);
    await alice.choose("Sign out");
    await alice.sees("Sign in");
    expect(await alice.context.cookies()).toEqual([]);
    await alice.context.addCookies(copies);
    await alice.open();
    await alice.sees("Sign in");
    await alice.reads("Your session has ended.");
  });
});
