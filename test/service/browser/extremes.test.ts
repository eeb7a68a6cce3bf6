import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { type LibsqlService, startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { expectAccessible } from "./accessibility.ts";
import { startBrowser } from "./chromium.ts";
import { Person } from "./person.ts";

let browser: Browser;
let service: LibsqlService;
beforeAll(async () => {
  browser = await startBrowser();
  service = await startLibsqlService({ ...NO_QUOTA, AUTH_STRATEGY: "noauth" });
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const LONG = "Rechtsschutzversicherungsgesellschaft".repeat(7).slice(0, 255);
const RIGHT_TO_LEFT = "גיבוי של מסד הנתונים (2026) prod!";

/** The smallest window of WCAG's criterion "Reflow", which is also what 400 % make of one of 1280 pixels. */
const NARROW = { width: 320, height: 256 };
/** A window of 1280 pixels at a zoom of 200 %. */
const ZOOMED = { width: 640, height: 400 };
const WIDE = { width: 1280, height: 800 };

/** Asserts that nothing of the page is beside the window, and what is cut off nowhere. */
async function expectFits({ page }: Person, state: string): Promise<void> {
  for (const viewport of [NARROW, ZOOMED, WIDE]) {
    await page.setViewportSize(viewport);
    const beside = await page.evaluate<string[]>(`[...document.querySelectorAll("body *")]
      .filter((element) => element.checkVisibility() && element.closest(".hidden, .skip, thead, .account > .who > *") === null)
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 120))`);
    expect.soft({ state, viewport, beside }).toEqual({ state, viewport, beside: [] });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(viewport.width);
  }
}

describe("on screens of any size, and at 200 and 400 %", () => {
  it("the page fits, whatever the names are", async () => {
    const [donor, recipient] = [
      new Client(service.url, { project: "p".repeat(255) }),
      new Client(service.url, { project: "q".repeat(255) }),
    ];
    for (const name of [LONG, RIGHT_TO_LEFT]) {
      await donor.createVolume({ name, description: name });
      const open = { name, destination_project_id: recipient.project, expires_at: "2999-01-01T00:00:00Z" };
      await donor.createVolumeAndTransfer(open);
      await recipient.accept(await donor.createVolumeAndTransfer(open));
    }
    const alice = await Person.at(service.url, browser);
    await alice.page.setViewportSize(NARROW);
    await alice.open();
    await alice.sees("Sign in");
    await expectFits(alice, "sign in");
    await alice.signInAs("u".repeat(255), donor.project);
    await alice.button(`Offer ${LONG}`).waitFor();
    await expectFits(alice, "volumes");
    await expectAccessible(alice, "volumes with extreme names");
    await alice.press(`Offer ${RIGHT_TO_LEFT}`);
    await alice.page.getByLabel("On a date").check();
    await expectFits(alice, "offer");
    await alice.page.getByLabel("In an hour").check();
    await alice.type("Name of the offer (optional)", RIGHT_TO_LEFT);
    await alice.page.setViewportSize(NARROW);
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    await alice.page.getByText("For the command line").click();
    await expectFits(alice, "offered");
    const link = await alice.page.getByLabel("Link", { exact: true }).inputValue();
    await alice.goTo("Open offers");
    await expectFits(alice, "leave without the link");
    await alice.press("Leave");
    await alice.button(`Withdraw ${LONG}`).waitFor();
    await expectFits(alice, "open offers");
    await alice.press(`Withdraw ${LONG}`);
    await expectFits(alice, "withdraw");
    await alice.confirm("Withdraw");
    await alice.reads(/Withdrawn/);
    await expectFits(alice, "withdrawn");
    await alice.goTo("History");
    await alice.reads("Given");
    await expectFits(alice, "history");
    await expectAccessible(alice, "history with extreme names");
    await alice.goTo("Receive");
    await alice.sees("Receive a volume");
    await expectFits(alice, "receive");
    await alice.openAccount();
    await expectFits(alice, "account");
    await alice.press("Change project");
    await expectFits(alice, "change the project");
    await alice.type("Project", recipient.project);
    await alice.press("Use this project");
    await alice.page.getByRole("dialog").waitFor({ state: "detached" });
    await alice.open(link);
    await alice.look();
    await expectFits(alice, "preview");
    await expectAccessible(alice, "preview with extreme names");
    await alice.accept();
    await expectFits(alice, "accepted");
    await alice.close();
  });

  it("nothing is lost if only the text is twice as large", async () => {
    const client = new Client(service.url);
    await client.createVolume({ name: "large print" });
    const alice = await Person.signedIn(service.url, browser, client.project);
    await alice.reads("large print");
    await alice.page.evaluate(`document.documentElement.style.fontSize = "200%"`);
    await expectFits(alice, "volumes with large text");
    await alice.press("Offer large print");
    await expectFits(alice, "offer with large text");
    await alice.close();
  });
});

describe("for every reader", () => {
  it("writes a name from right to left without disturbing the text around it", async () => {
    const client = new Client(service.url);
    const transfer = await client.createVolumeAndTransfer({ name: RIGHT_TO_LEFT });
    const alice = await Person.signedIn(service.url, browser, client.project);
    await alice.goTo("Open offers");
    await alice.reads(RIGHT_TO_LEFT);
    await new Client(service.url).accept(transfer);
    const message = alice.page.locator(".message", { hasText: "Accepted" });
    await message.waitFor();
    expect(await message.locator("bdi").first().textContent()).toBe(RIGHT_TO_LEFT);
    // The sentence follows the name, as it does after one from left to right.
    const follows = await alice.page.evaluate<boolean>(`(() => {
      const message = document.querySelector(".message");
      const sentence = document.createRange();
      sentence.selectNodeContents(message.lastChild);
      const [line] = sentence.getClientRects();
      return line.left >= message.querySelector("bdi").getBoundingClientRect().right;
    })()`);
    expect(follows).toBe(true);
    await alice.close();
  });

  it("moves nothing if the reader prefers that", async () => {
    const client = new Client(service.url);
    await client.createVolume({ name: "calm" });
    const alice = await Person.signedIn(service.url, browser, client.project);
    await alice.press("Offer calm");
    const moving = await alice.page.evaluate<
      string[]
    >(`[...document.querySelectorAll("*")].flatMap((element) => {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
      const transits = transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
      const animated = animationName !== "none" && parseFloat(animationDuration) > 0.01;
      return transits || animated ? [element.outerHTML.slice(0, 80)] : [];
    })`);
    expect(moving).toEqual([]);
    await alice.close();
  });

  it("says without JavaScript what is missing, and what to do instead", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${service.url}/handoff`);
    const sentence = page.locator("noscript p").first();
    expect(await sentence.isVisible()).toBe(true);
    expect(await sentence.textContent()).toMatch(
      /^This page needs JavaScript\. Allow it for this site, or use .* openstack volume transfer request accept/,
    );
    expect(await page.getByText("Loading").isVisible()).toBe(false);
    await context.close();
  });

  it("asks for the session once, while the script is on its way", async () => {
    const alice = await Person.at(service.url, browser);
    await alice.open();
    await alice.sees("Sign in");
    expect(alice.sent.filter(({ url }) => url.endsWith("/handoff/session"))).toHaveLength(1);
    expect(alice.sent.map(({ url }) => new URL(url).pathname)).toHaveLength(4);
    alice.expectNothingUnexpected();
    await alice.close();
  });
});

describe("over a long time", () => {
  it("reads the open offers again only after a change", async () => {
    const client = new Client(service.url);
    await client.createVolumeAndTransfer({ name: "slow" });
    const alice = await Person.signedIn(service.url, browser, client.project);
    await alice.goTo("Open offers");
    await alice.reads("slow");
    const reads = () => alice.sent.filter(({ url }) => url.includes("/volume-transfers/detail")).length;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const before = reads();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(reads()).toBe(before);
    await client.createVolumeAndTransfer({ name: "news" });
    await alice.reads("news");
    expect(reads()).toBe(before + 1);
    await alice.close();
  });

  it("returns to the first page if the offers before this one are closed meanwhile", async () => {
    const client = new Client(service.url);
    const made = [];
    for (let n = 0; n < 12; n++) made.push(await client.createVolumeAndTransfer({ name: `offer ${n}` }));
    const alice = await Person.signedIn(service.url, browser, client.project);
    await alice.goTo("Open offers");
    await alice.reads("offer 11");
    await alice.press("Next");
    await alice.reads("offer 1");
    const [, , last] = made;
    if (last === undefined) throw new Error("there are less than three offers");
    await client.delete(`volume-transfers/${last.id}`);
    await alice.reads("offer 11");
    expect(await alice.page.getByRole("alert").count()).toBe(0);
    await alice.close();
  });

  it("says that an offer has ended while it was shown, to both", async () => {
    const client = new Client(service.url);
    const volume = await client.createVolume({ name: "fleeting" });
    const alice = await Person.signedIn(service.url, browser, client.project);
    const bob = await Person.signedIn(service.url, browser, "beta");
    const expires_at = new Date(Date.now() + 20_000).toISOString();
    const { transfer } = (await client.createTransfer(volume, { expires_at, name: "fleeting" })).body;
    await alice.goTo("Open offers");
    await alice.reads("fleeting");
    await bob.page.evaluate(`location.hash = "${transfer.id}.${transfer.auth_key}"`);
    await bob.look();
    await alice.page.getByText(/fleeting: Ended: nobody accepted in time/).waitFor({ timeout: 60_000 });
    await bob.press(/^Accept$/);
    await bob.reads(/This offer is closed: .*it has ended\. Ask the sender for a new link\./);
    for (const person of [alice, bob]) await person.close();
  });

  it("makes one offer if its button is pressed twice", async () => {
    const client = new Client(service.url);
    await client.createVolume({ name: "twice" });
    const alice = await Person.signedIn(service.url, browser, client.project);
    await alice.press("Offer twice");
    await alice.button("Make the offer").dblclick();
    await alice.sees("Your offer");
    expect(alice.sent.filter(({ method }) => method === "POST").length).toBe(2);
    expect((await client.get("volume-transfers")).body.transfers).toHaveLength(1);
    await alice.close();
  });
});
