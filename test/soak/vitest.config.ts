import path from "node:path";
import { defineConfig } from "vitest/config";

// Tests of `npm test` that race requests against each other, with many more rounds.

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    env: { RACE_ROUNDS: "250", FSCK_CHECKS: "8" },
    include: ["test/service/concurrency.test.ts", "test/operations/{start,serve}.test.ts"],
    globalSetup: ["test/support/bundle_setup.ts", "test/support/shared_services_setup.ts"],
    setupFiles: "test/support/checked_fetch.ts",
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
