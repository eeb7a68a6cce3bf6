import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { Processes } from "../../../../src/cli/processes/processes.ts";
import { readWranglerConfig } from "../../../../src/cli/servers/wrangler.ts";
import { projectFolder } from "../../../../src/cli/settings/settings.ts";
import type { Bundle } from "../../../support/worker.ts";
import { buildWorker } from "../../../support/workerd.ts";

/** The last commit before migration 0002. */
const PREVIOUS_COMMIT = "c4aa355";

/** The Worker from before migration 0002 and the folder of its migrations, or why it cannot be built. */
export type PreviousVersion =
  | { readonly bundle: Bundle; readonly migrations: string }
  | { readonly unavailable: string };

declare module "vitest" {
  export interface ProvidedContext {
    previousVersion: PreviousVersion;
  }
}

const run = promisify(execFile);

/** Builds the Worker from before migration 0002. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-bundles-"));
  project.provide("previousVersion", await buildPreviousVersion(folder));
  return () => rm(folder, { recursive: true });
}

async function buildPreviousVersion(folder: string): Promise<PreviousVersion> {
  const sources = path.join(folder, "sources");
  await mkdir(sources);
  const archive = path.join(folder, "sources.tar");
  try {
    await run("git", ["archive", "--output", archive, PREVIOUS_COMMIT], { cwd: projectFolder });
  } catch (error) {
    return { unavailable: `commit ${PREVIOUS_COMMIT} is not in this clone: ${String(error)}` };
  }
  await run("tar", ["-xf", archive, "-C", sources]);
  // Its own packages: the project has dropped some of them since.
  await run("npm", ["ci", "--omit=dev", "--ignore-scripts"], { cwd: sources });
  // No process is started in the background, so none can end unexpectedly.
  const processes = new Processes(() => {});
  const config = await readWranglerConfig(processes);
  const bundle = { folder: await buildWorker(processes, sources), config };
  return { bundle, migrations: path.join(sources, "drizzle") };
}
