import path from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

// The suites that `npm test` leaves out: they need more than Node, or more than a minute. `npm run test:NAME` runs one.

type Options = NonNullable<TestProjectInlineConfiguration["test"]>;

/** Makes a suite of the tests in a folder. */
const suite = (folder: string, options: Options = {}): TestProjectInlineConfiguration => ({
  test: {
    name: path.basename(folder),
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    ...options,
  },
});

const BUNDLE = "test/support/bundle_setup.ts";
/** The Cinder of a suite. */
const CINDER = "test/interoperability/follower/cinder_setup.ts";
const CHROMIUM = "test/service/browser/require_chromium.ts";

const FACADE: Options = { testTimeout: 3_600_000, hookTimeout: 1_200_000, maxWorkers: 1 };

export default defineConfig({
  root: path.resolve(import.meta.dirname, ".."),
  test: {
    projects: [
      suite("interoperability/keystone", { globalSetup: BUNDLE }),
      suite("interoperability/clients", {
        globalSetup: [BUNDLE, "test/interoperability/clients/global_setup.ts"],
        // Each file keeps a core busy with the start of clients. The services need a core, too.
        maxWorkers: 2,
      }),
      suite("interoperability/horizon", {
        globalSetup: [CHROMIUM, "test/interoperability/horizon/global_setup.ts"],
        testTimeout: 180_000,
      }),
      // The first start installs Cinder.
      suite("interoperability/import", { testTimeout: 300_000, hookTimeout: 1_200_000 }),
      suite("interoperability/follower", {
        globalSetup: CINDER,
        testTimeout: 1_800_000,
        // All files use one Cinder, which keeps a core busy.
        maxWorkers: 1,
      }),
      suite("interoperability/conform", { testTimeout: 1_800_000 }),
      suite("interoperability/facade", {
        globalSetup: [CHROMIUM, BUNDLE, CINDER],
        ...FACADE,
      }),
      suite("interoperability/facade", {
        name: "facade-21.3",
        include: ["contract", "pass_through"].map((name) => `test/interoperability/facade/${name}.test.ts`),
        globalSetup: [BUNDLE, CINDER],
        ...FACADE,
        sequence: { groupOrder: 1 },
      }),
      suite("service/browser", {
        globalSetup: [CHROMIUM, BUNDLE],
        testTimeout: 180_000,
        // Each file has a browser and two services.
        maxWorkers: 2,
      }),
      suite("service/metrics", { globalSetup: BUNDLE }),
      suite("service/deployment", { hookTimeout: 600_000 }),
      suite("service/package", { globalSetup: "test/service/package/installation_setup.ts" }),
      suite("stress/faults", {
        globalSetup: [BUNDLE, "test/stress/faults/migration/previous_version_setup.ts"],
        // Each file starts servers of its own, and overload.test.ts measures.
        maxWorkers: 1,
      }),
      suite("stress/definite", { globalSetup: BUNDLE, maxWorkers: 1 }),
      suite("measure/bench"),
    ],
  },
});
