import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/faults/**/*.test.ts"],
    globalSetup: ["test/support/bundle_setup.ts", "test/faults/migration/previous_version_setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file starts servers of its own, and overload.test.ts measures.
    maxWorkers: 1,
  },
});
