import path from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { fogSuite } from "./fog_suite.ts";
import { gophercloudSuite } from "./gophercloud_suite.ts";
import { PYTHON_SUITES } from "./python_suites.ts";
import { rallySuite } from "./rally_suite.ts";
import { runSuite } from "./suite.ts";
import { prepareCloud, type SuiteCloud } from "./suite_cloud.ts";

// gophercloud's lists expect no other volumes in the project, and come first.
const SUITES = [gophercloudSuite, ...PYTHON_SUITES, rallySuite, fogSuite];

describe("the suites of other projects", () => {
  let cloud: SuiteCloud;
  beforeAll(async () => {
    cloud = await prepareCloud(inject("deployments"), path.join(inject("configFolder"), "suites"));
  });

  for (const suite of SUITES) {
    it(suite.name, { timeout: 900_000 }, async ({ task }) => {
      const result = await runSuite(suite, cloud);
      task.meta.suite = result;
      expect(result.failed).toEqual([]);
    });
  }
});
