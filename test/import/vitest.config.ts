import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/import/**/*.test.ts"],
    testTimeout: 300_000,
    // The first start installs Cinder.
    hookTimeout: 1_200_000,
  },
});
