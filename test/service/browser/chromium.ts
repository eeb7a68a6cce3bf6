import { type Browser, chromium } from "playwright-core";

/** The browser's program: Debian's, unless `CHROMIUM` names another. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/**
 * Starts a browser, which the caller closes.
 *
 * @param args further arguments of its program
 */
export const startBrowser = (args: readonly string[] = []): Promise<Browser> =>
  // In a container the sandbox has no user namespaces.
  chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
