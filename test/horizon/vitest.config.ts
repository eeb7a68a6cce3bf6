import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/horizon/**/*.test.ts"],
    globalSetup: ["test/browser/require_chromium.ts", "test/horizon/global_setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
