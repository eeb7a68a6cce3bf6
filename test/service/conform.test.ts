import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { runCommand } from "../support/command.ts";
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

// `operations/conform/conform.test.ts` judges the service on libSQL.
it("npm run conform finds nothing in the service on D1", { timeout: TIMEOUT_MS }, async () => {
  const { code, output } = await judge(inject("sharedServices").D1.url);
  expect(output).toMatch(PASSED);
  expect(code).toBe(0);
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
