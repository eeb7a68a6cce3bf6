import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/faults/**/*.test.ts"],
    globalSetup: "test/faults/global_setup.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One file at a time: each has servers of its own, and some measure.
    maxWorkers: 1,
  },
});
