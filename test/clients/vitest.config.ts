import path from "node:path";
import { defineConfig } from "vitest/config";
import { ResultsReporter } from "./results_reporter.ts";

export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/clients/**/*.test.ts"],
    globalSetup: ["test/support/bundle_setup.ts", "test/clients/global_setup.ts"],
    reporters: ["default", new ResultsReporter()],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file keeps a core busy with the start of clients. The services need a core, too.
    maxWorkers: 2,
  },
});
