import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../support/command.ts";
import { DATABASES } from "./databases.ts";
import { Cloud } from "./facade/cloud.ts";

/** Judges an endpoint, and returns what the command prints. */
async function judge(url: string) {
  const project = () => crypto.randomUUID().replaceAll("-", "");
  return runCommand("conform", [url], {
    OS_TOKEN: `alice:${project()}`,
    OTHER_OS_TOKEN: `bob:${project()}`,
    ADMIN_OS_TOKEN: `root:${project()}:admin`,
  });
}

/** How long a run may take, milliseconds. */
const TIMEOUT_MS = 240_000;

const PASSED = /^\S+ \(newest microversion 3\.\d+\): \d+ rules passed, 0 failed, 0 were skipped\.\n$/;

describe("npm run conform", () => {
  it.each(DATABASES)(
    "finds nothing in the service on %s",
    async (_database, url) => {
      const { code, output } = await judge(url);
      expect(output).toMatch(PASSED);
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );
});

describe("npm run conform, in front of a Cinder", () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.start({ TRANSFERS_PER_MINUTE: "0" });
  });
  afterAll(() => cloud?.stop());

  it(
    "finds nothing in the service",
    async () => {
      expect((await judge(cloud.services.D1.url)).output).toMatch(PASSED);
    },
    TIMEOUT_MS,
  );
});
