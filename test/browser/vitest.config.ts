import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["test/browser/require_chromium.ts", "test/support/bundle_setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // Each file has a browser and two services.
    maxWorkers: 2,
  },
});
