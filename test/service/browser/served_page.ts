import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { startBrowser } from "./chromium.ts";

/** A browser, and the services whose page it opens. */
export interface ServedPage {
  readonly browser: Browser;
  readonly running: ServiceOnBoth;
}

/**
 * Starts a browser, and the service with AUTH_STRATEGY=noauth on both databases, for the tests of a file.
 *
 * @returns what is started, once the tests run
 */
export function servePage(): ServedPage {
  let browser: Browser;
  let running: ServiceOnBoth;
  beforeAll(async () => {
    browser = await startBrowser();
    running = await startOnBoth({ ...NO_QUOTA, AUTH_STRATEGY: "noauth" });
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });
  return {
    get browser() {
      return browser;
    },
    get running() {
      return running;
    },
  };
}
