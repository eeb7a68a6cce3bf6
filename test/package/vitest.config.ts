import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/package/**/*.test.ts"],
    globalSetup: "test/package/installation_setup.ts",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
