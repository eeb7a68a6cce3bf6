import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = path.resolve(import.meta.dirname, "..");

export default defineConfig({
  root,
  test: {
    // What the Worker logs matters where a test fails.
    silent: "passed-only",
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: `${root}/wrangler.toml` },
            miniflare: {
              ratelimits: { RATE_LIMITER_OF_TESTS: { namespace_id: "1", simple: { limit: 3, period: 60 } } },
              bindings: { AUTH_STRATEGY: "noauth", MIGRATIONS: await readD1Migrations(`${root}/drizzle`) },
            },
          })),
        ],
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], setupFiles: ["test/unit/setup.ts"] },
      },
      {
        test: {
          name: "identity",
          include: ["test/identity/**/*.test.ts"],
          setupFiles: "test/checked_fetch.ts",
          testTimeout: 60_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "service",
          include: ["test/service/**/*.test.ts", "test/contract/**/*.test.ts"],
          globalSetup: "test/service/setup.ts",
          setupFiles: "test/checked_fetch.ts",
          testTimeout: 60_000,
          // What one file measures, another must not add to.
          maxWorkers: 1,
        },
      },
      { test: { name: "check", include: ["test/check/**/*.test.ts"] } },
      {
        test: {
          name: "operations",
          include: ["test/operations/**/*.test.ts"],
          testTimeout: 60_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
