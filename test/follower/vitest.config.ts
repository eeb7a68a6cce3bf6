import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/follower/**/*.test.ts"],
    globalSetup: ["test/follower/cinder_setup.ts"],
    // What the sweep of the tests logs: webhooks fail while the follower is restarted.
    onConsoleLog: (log) => !log.startsWith('{"event"'),
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    // All files use one Cinder, which keeps a core busy.
    maxWorkers: 1,
  },
});
