import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { startHttpServer } from "../../support/http_server.ts";
import type { Service } from "../../support/service.ts";
import { startBrowser } from "./chromium.ts";
import { startPageService } from "./page_service.ts";
import { accountIn, Person } from "./person.ts";

let browser: Browser;
let service: Service;
beforeAll(async () => {
  browser = await startBrowser();
  service = await startPageService();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

describe("two tabs of one browser", () => {
  /** Signs out in another tab, and in again as another user of another project. */
  async function signInElsewhere({ context, url }: Person, user: string, project: string): Promise<Page> {
    const other = await context.newPage();
    await other.goto(url);
    await accountIn(other).click();
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByLabel("User", { exact: true }).fill(user);
    await other.getByLabel("Project", { exact: true }).fill(project);
    await other.getByRole("button", { name: "Sign in" }).click();
    await accountIn(other).waitFor();
    return other;
  }
  const CHANGED = /In another tab you have become another user, or changed the project/;

  it("do not move a volume into the project of the other tab: the page says what has happened", async () => {
    const donor = new Client(service.url);
    const [shown, hidden] = [new Client(service.url), new Client(service.url)];
    const { id, auth_key, volume_id } = await donor.createVolumeAndTransfer();
    const bob = await Person.signedIn(service.url, browser, shown.project);
    await bob.page.evaluate(`location.hash = "${id}.${auth_key}"`);
    await bob.look();
    const other = await signInElsewhere(bob, "carol", hidden.project);
    await bob.page.bringToFront();
    await bob.press(/^Accept$/);
    await bob.reads(CHANGED);
    expect((await donor.get(`volumes/${volume_id}`)).body.volume.status).toBe("awaiting-transfer");
    for (const client of [shown, hidden]) expect((await client.get("volumes")).body.volumes).toEqual([]);
    await other.close();

    await bob.page.reload();
    await bob.page.getByText(hidden.project).first().waitFor();
    await bob.close();
  });

  it("do not show the list of one user under the name of the other", async () => {
    const [first, second] = [new Client(service.url), new Client(service.url)];
    await first.createVolume({ name: "of the first" });
    await second.createVolume({ name: "of the second" });
    const person = await Person.signedIn(service.url, browser, first.project);
    await person.reads("of the first");
    const other = await signInElsewhere(person, "carol", second.project);
    await other.getByText("of the second").first().waitFor();
    await person.page.bringToFront();
    await person.goTo("Open offers");
    await person.reads(CHANGED);
    await person.goTo("Volumes");
    await person.page.waitForTimeout(500);
    expect(await person.page.getByText("of the second").count()).toBe(0);
    await person.close();
  });
});

describe("the code of a failed sign-in in the address", () => {
  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "", "<b>x</b>"])(
    "may be any text, and the page has a sentence for it: %j",
    async (code) => {
      const person = await Person.at(service.url, browser);
      await person.open(`${person.url}?sign-in=${encodeURIComponent(code)}`);
      await person.sees("Sign in");
      const alert = person.page.getByRole("alert").first();
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/\w+ \w+ \w+/);
      person.expectNothingUnexpected();
      await person.close();
    },
  );
});

describe("/docs", () => {
  it("is not shown in a frame of another site, and runs no script of its own address", async () => {
    const site = await startHttpServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(`<iframe src="${service.url}/docs"></iframe>`);
    });
    try {
      const page = await browser.newPage();
      const refused = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
      await page.goto(site.url);
      await refused;
      const response = await page.goto(`${service.url}/docs`);
      expect(response?.headers()["x-content-type-options"]).toBe("nosniff");
      await page.locator(".swagger-ui .info").waitFor();
      const ran = await page.evaluate(`
        const script = document.createElement("script");
        script.textContent = "window.injected = true";
        document.body.append(script);
        window.injected === true`);
      expect(ran).toBe(false);
      await page.close();
    } finally {
      await site.stop();
    }
  });
});
