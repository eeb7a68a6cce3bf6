import { execFileSync } from "node:child_process";
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./support/longest_first.ts";

const root = path.resolve(import.meta.dirname, "..");

/** Twice the two cores of a small machine: many tests wait. Projects with different numbers do not run at once. */
const MAX_WORKERS = 4;

// For the processes that the tests start: wrangler alone takes half a second less of CPU.
process.env.NODE_COMPILE_CACHE ??= `${root}/node_modules/.cache/volume-transfers/tests`;

export default defineConfig({
  root,
  test: {
    // The log of the Worker matters where a test fails.
    silent: "passed-only",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [
          cloudflareTest(async () => {
            // As `[build]` in wrangler.toml before other builds.
            execFileSync(process.execPath, [`${root}/src/cli/assets/write_assets.ts`]);
            return {
              wrangler: { configPath: `${root}/wrangler.toml` },
              miniflare: {
                // A refused connection fills the output with stack traces of workerd.
                outboundService: { node: (_request, response) => void response.writeHead(503).end() },
                ratelimits: {
                  RATE_LIMITER_OF_TESTS: { namespace_id: "1", simple: { limit: 3, period: 60 } },
                },
                bindings: {
                  AUTH_STRATEGY: "noauth",
                  // Thousands of requests are measured. The runner would wait for a line of each.
                  LOG_REQUESTS: "errors",
                  // wrangler.toml sets it for Cloudflare.
                  OSAPI_MAX_LIMIT: "",
                  MIGRATIONS: await readD1Migrations(`${root}/drizzle`),
                },
              },
            };
          }),
        ],
        test: {
          name: "unit",
          include: ["test/service/unit/**/*.test.ts"],
          setupFiles: ["test/service/unit/setup.ts"],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: MAX_WORKERS,
        },
      },
      {
        test: {
          name: "service",
          include: ["test/service/**/*.test.ts", "test/interoperability/contract/*.test.ts"],
          exclude: ["test/service/{browser,check,deployment,host,metrics,operations,package,unit}/**"],
          globalSetup: ["test/support/bundle_setup.ts", "test/support/shared_services_setup.ts"],
          setupFiles: "test/support/checked_fetch.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: MAX_WORKERS,
        },
      },
      {
        test: {
          name: "host",
          include: ["test/service/host/**/*.test.ts", "test/stress/simulate/*.test.ts"],
          testTimeout: 60_000,
          maxWorkers: MAX_WORKERS,
        },
      },
      { test: { name: "check", include: ["test/service/check/**/*.test.ts"], maxWorkers: MAX_WORKERS } },
      {
        test: {
          name: "operations",
          include: ["test/service/operations/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: MAX_WORKERS,
        },
      },
    ],
  },
});
