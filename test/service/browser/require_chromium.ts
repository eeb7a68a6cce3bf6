import { existsSync } from "node:fs";
import { CHROMIUM } from "./chromium.ts";

/** Stops the suite, and says what is missing, if there is no browser. */
export default function setup(): void {
  if (existsSync(CHROMIUM)) return;
  throw new Error(
    `There is no Chromium at ${CHROMIUM}. Install one (on Debian: apt-get install chromium), or set CHROMIUM to its path.`,
  );
}
