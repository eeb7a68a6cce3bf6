import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

const served = servePage();

describe.each(DATABASES)("the page that somebody looks at, on %s", (database) => {
  let bob: Person;
  let giver: Client;
  let taker: Client;
  beforeEach(async () => {
    const { url } = served.running[database];
    [giver, taker] = [new Client(url), new Client(url)];
    bob = await Person.signedIn(url, served.browser, taker.project);
  });
  afterEach(() => bob?.close());

  const changes = () => bob.sent.filter(({ url }) => url.endsWith("/volume-transfers/changes"));
  const badge = () => bob.page.locator(".badge");

  it("shows what others do with offers, without a click", async () => {
    await bob.goTo("Receive");
    await bob.reads("No offer is waiting for your project.");
    const bound = { destination_project_id: taker.project };
    const volume = await giver.createVolume({ name: "gift" });
    const { transfer } = (await giver.createTransfer(volume, bound)).body;
    await bob.reads("gift");
    await badge().getByText("1", { exact: true }).waitFor();
    await giver.delete(`volume-transfers/${transfer.id}`);
    await bob.reads("No offer is waiting for your project.");
    await badge().waitFor({ state: "detached" });
    await taker.createVolume({ name: "mine" });
    await bob.goTo("Volumes");
    await bob.button("Offer mine").waitFor();
    const { id } = (await taker.get("volumes")).body.volumes[0] ?? { id: "" };
    await taker.createTransfer(id);
    // The status of the volume, too.
    await bob.reads("Is offered");
    await bob.goTo("History");
    await bob.reads("No offer has been closed yet.");
    const { transfers } = (await taker.get("volume-transfers")).body;
    await taker.delete(`volume-transfers/${transfers[0]?.id}`);
    await bob.reads("Withdrawn");
    if (database === "libSQL") {
      // One stream for all of it.
      expect(changes()).toHaveLength(1);
    } else {
      // It has asked several times, mostly for nothing.
      expect(changes().length).toBeGreaterThan(1);
      expect(changes().at(-1)?.headers["if-none-match"]).toMatch(/^"[0-9a-f]{32}"$/);
    }
    bob.expectNothingUnexpected();
  });

  it("goes on after a request that the service never answers", async () => {
    await bob.page.clock.install();
    await bob.page.route("**/changes", () => {}, { times: 1 });
    await bob.page.reload();
    await bob.goTo("Receive");
    await bob.reads("No offer is waiting for your project.");
    const volume = await giver.createVolume({ name: "gift" });
    await giver.createTransfer(volume, { destination_project_id: taker.project });
    await expect
      .poll(
        async () => {
          await bob.page.clock.fastForward("00:15");
          return bob.page.getByText("gift").count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
  });

  it("says that it may be out of date once the service has not answered for a while, until it does", async () => {
    const notice = bob.page.getByText("this page may be out of date");
    await bob.page.clock.install();
    await bob.page.route("**/changes", (route) => route.abort());
    const asked = changes().length;
    await bob.page.reload();
    await bob.goTo("Receive");
    await bob.reads("No offer is waiting for your project.");
    // A failure or two are no news: the page asks again.
    await expect.poll(() => changes().length).toBe(asked + 1);
    await bob.page.clock.fastForward("00:10");
    await expect.poll(() => changes().length).toBe(asked + 2);
    expect(await notice.count()).toBe(0);
    const passTime = async () => {
      await bob.page.clock.fastForward("00:20");
      return notice.count();
    };
    await expect.poll(passTime, { timeout: 30_000 }).toBe(1);
    await expectAccessible(bob, "a page that may be out of date");
    await bob.page.unroute("**/changes");
    const volume = await giver.createVolume({ name: "gift" });
    await giver.createTransfer(volume, { destination_project_id: taker.project });
    await expect.poll(passTime, { timeout: 30_000 }).toBe(0);
    await bob.reads("gift");
  });

  it("notices that another tab has changed the project, or has signed out", async () => {
    const other = await bob.context.newPage();
    await other.goto(bob.url);
    await other.getByRole("heading", { name: "Volumes" }).waitFor();
    const session = (method: string, body?: object) =>
      other.evaluate(async ([url, init]) => (await fetch(url, init)).status, [
        `${bob.url}/session`,
        {
          method,
          headers: { "X-Handoff": "1", "Content-Type": "application/json" },
          ...(body && { body: JSON.stringify(body) }),
        },
      ] as const);
    expect(await session("PUT", { project: giver.project })).toBe(200);
    await bob.reads("In another tab you have become another user, or changed the project.");
    await bob.press("Show what you are now");
    await expect.poll(() => changes().at(-1)?.url, { timeout: 30_000 }).toContain(giver.project);
    expect(await session("DELETE")).toBe(200);
    await bob.reads("Your session has ended. Sign in to continue.");
  });
});
