import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { expectAccessible } from "./accessibility.ts";
import { startBrowser } from "./chromium.ts";
import { Person } from "./person.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

describe("the brand of an operator", () => {
  it.each(["#ffee00", "#000000", "#ffffff", "#808080", "#d0021b"])(
    "is readable in %s, light and dark, whatever it is called",
    async (color) => {
      const service = await startLibsqlService({
        ...NO_QUOTA,
        AUTH_STRATEGY: "noauth",
        BRAND_NAME: "Stadtwerke <b>Cloud</b>",
        BRAND_COLOR: color,
        BRAND_LOGO_URL: "/logo.svg",
      });
      try {
        const client = new Client(service.url);
        await client.createVolumeAndTransfer({
          name: "for us",
          destination_project_id: client.project,
          require_key: false,
        });
        await client.createVolume({ name: "branded" });
        const alice = await Person.at(service.url, browser);
        await alice.page.route("**/logo.svg", (route) =>
          route.fulfill({
            contentType: "image/svg+xml",
            body: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>',
          }),
        );
        await alice.open();
        await alice.sees("Sign in");
        expect(await alice.page.title()).toBe("Sign in · Stadtwerke <b>Cloud</b>");
        await expectAccessible(alice, `sign in, ${color}`);
        await alice.signInAs("alice", client.project);
        await alice.reads("branded");
        await alice.reads("Stadtwerke <b>Cloud</b>");
        expect(
          await alice.page.locator(".brand img").evaluate((image) => Reflect.get(image, "naturalWidth")),
        ).toBe(40);
        await alice.page.locator(".badge").waitFor();
        await expectAccessible(alice, `volumes, ${color}`);
        await alice.press("Offer branded");
        await expectAccessible(alice, `offer, ${color}`);
        await alice.press("Make the offer");
        await alice.sees("Your offer");
        await expectAccessible(alice, `offered, ${color}`);
        alice.expectNothingUnexpected();
        await alice.close();
      } finally {
        await service.stop();
      }
    },
  );
});
