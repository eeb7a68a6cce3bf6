import path from "node:path";
import { defineConfig } from "vitest/config";
import { Results } from "./results_reporter.ts";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/clients/**/*.test.ts"],
    globalSetup: "test/clients/global_setup.ts",
    reporters: ["default", new Results()],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each is busy starting one client after the other; the services that these talk to need a processor, too.
    maxWorkers: 2,
  },
});
