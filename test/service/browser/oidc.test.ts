import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { expectAccessible } from "./accessibility.ts";
import { startBrowser } from "./chromium.ts";
import {
  authenticate,
  type IdentityProvider,
  oidcVariables,
  startIdentityProvider,
} from "./identity_provider.ts";
import { expectKeyNowhere, keyOf } from "./key_search.ts";
import { Person } from "./person.ts";

let browser: Browser;
let provider: IdentityProvider;
let running: ServiceOnBoth;
beforeAll(async () => {
  browser = await startBrowser();
  provider = await startIdentityProvider();
  running = await startOnBoth({
    ...NO_QUOTA,
    ...oidcVariables(provider),
  });
  provider.addClient(DATABASES.map((database) => `${running[database].url}/handoff/callback`));
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await provider?.stop();
});

describe.each(DATABASES)("OpenID Connect, with a real provider, on %s", (database) => {
  const service = () => running[database];

  it("signs two people in, who hand a volume over; the recipient's window keeps the offer", async () => {
    const [alice, bob] = [await Person.at(service().url, browser), await Person.at(service().url, browser)];
    await alice.open();
    await alice.sees("Sign in");
    await expectAccessible(alice, "sign in with a provider");
    await alice.press("Sign in");
    await authenticate(alice.page, "alice");
    await alice.reads("alice's name");
    expect(alice.page.url()).toBe(alice.url);

    // The page sends its requests with the session, so it can make the volume, too.
    const created = await alice.page.evaluate<number>(`fetch("v3/volumes", {
      method: "POST",
      headers: { "X-Handoff": "1", "Content-Type": "application/json" },
      body: JSON.stringify({ volume: { size: 1, name: "signed" } }),
    }).then((response) => response.status)`);
    expect(created).toBe(202);
    await alice.open();
    const link = await alice.offer("signed");

    await bob.open(link);
    await bob.sees("Sign in");
    const [window] = await Promise.all([bob.context.waitForEvent("page"), bob.press("Sign in")]);
    await authenticate(window, "bob");
    await bob.sees("You are offered a volume");
    await bob.look();
    await bob.accept();
    await alice.sees("Your offer is closed");
    for (const person of [alice, bob]) {
      await expectKeyNowhere(keyOf(link), person, service());
      // The pages of the provider load a font from elsewhere.
      person.expectNothingUnexpected([provider.url, "https://fonts.googleapis.com"]);
      const bodies = person.sent.map(({ body }) => body).join("\n");
      expect(bodies).not.toContain("code_verifier");
      await person.close();
    }
  });

  it("keeps what was typed while somebody signs in again, in a window of its own", async () => {
    const alice = await Person.at(service().url, browser);
    await alice.open();
    await alice.press("Sign in");
    await authenticate(alice.page, "alice");
    await alice.goTo("Receive");
    await alice.type("Key", "half typed");
    await alice.endSession();
    await alice.sees("Sign in");
    // The provider asks for the password again.
    await alice.context.clearCookies();
    const [window] = await Promise.all([alice.context.waitForEvent("page"), alice.press("Sign in")]);
    await authenticate(window, "alice");
    await alice.sees("Receive a volume");
    expect(await alice.page.getByLabel("Key", { exact: true }).inputValue()).toBe("half typed");
    await alice.close();
  });

  it("keeps the token from scripts", async () => {
    const alice = await Person.at(service().url, browser);
    await alice.open();
    await alice.press("Sign in");
    await authenticate(alice.page, "alice");
    await alice.reads("alice's name");
    const state = await alice.page.evaluate<string>(
      `fetch("handoff/session").then((response) => response.text())`,
    );
    expect(Object.keys(JSON.parse(state).session).toSorted()).toEqual([
      "can_switch",
      "expires_at",
      "project",
      "user",
    ]);
    expect(state).not.toMatch(/eyJ/);
    expect(await alice.page.evaluate<string>("document.cookie")).toBe("");
    const [session] = (await alice.context.cookies(service().url)).filter(({ name }) => name === "handoff");
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    expect(session?.value).not.toMatch(/eyJ/);
    await alice.choose("Sign out");
    await alice.sees("Sign in");
    await alice.close();
  });

  it("says what is wrong: a refusal, a stranger's answer, an account without a project", async () => {
    const alice = await Person.at(service().url, browser);
    await alice.open();
    await alice.press("Sign in");
    await alice.page.getByRole("link", { name: "Cancel" }).click();
    await alice.reads("The sign-in was cancelled or refused. Try again.");
    await alice.open(`${alice.url}/callback?code=abc&state=def`);
    await alice.reads(/The sign-in took too long, or was started in another browser/);
    await alice.press("Sign in");
    await authenticate(alice.page, "nobody");
    await alice.reads("Your account has no project here. Ask your operator for one.");
    await alice.close();
  });

  it("gives the API no more than a token does", async () => {
    const client = new Client(service().url, { token: "not-a-token", project: "alpha" });
    expect((await client.get("volumes")).status).toBe(401);
  });
});
