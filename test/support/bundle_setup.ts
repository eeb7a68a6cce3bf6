import type { TestProject } from "vitest/node";
import { Processes } from "../../src/cli/processes/processes.ts";
import { readWranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { buildWorker } from "./workerd.ts";

/** Builds the Worker once, for all services of the tests. */
export default async function setup(project: TestProject): Promise<void> {
  const processes = new Processes((failure) => console.error(failure.message));
  const [folder, config] = await Promise.all([buildWorker(processes), readWranglerConfig(processes)]);
  project.provide("builtWorker", { folder, config });
}
