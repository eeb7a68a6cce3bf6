import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { Processes } from "../../src/cli/processes/processes.ts";
import { buildWorker } from "../../src/cli/servers/workerd.ts";
import { readWranglerConfig, type WranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";

/** The last commit before migration 0002. */
const PREVIOUS_COMMIT = "c4aa355";

/** The Worker before migration 0002 and its migrations, or why it cannot be built. */
export type PreviousVersion =
  | { readonly bundle: string; readonly migrations: string }
  | { readonly unavailable: string };

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of the built Worker. */
    bundle: string;
    previousVersion: PreviousVersion;
    wranglerConfig: WranglerConfig;
  }
}

const run = promisify(execFile);

/** Builds the Worker, and the Worker from before migration 0002. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-bundles-"));
  const processes = new Processes((failure) => console.error(failure.message));
  project.provide("wranglerConfig", await readWranglerConfig(processes));
  project.provide("bundle", await buildWorker(processes));
  project.provide("previousVersion", await buildPreviousVersion(folder, processes));
  return async () => {
    await processes.stop();
    await rm(folder, { recursive: true });
  };
}

async function buildPreviousVersion(folder: string, processes: Processes): Promise<PreviousVersion> {
  const sources = path.join(folder, "sources");
  await mkdir(sources);
  const archive = path.join(folder, "sources.tar");
  try {
    await run("git", ["archive", "--output", archive, PREVIOUS_COMMIT], { cwd: projectFolder });
  } catch (error) {
    return { unavailable: `commit ${PREVIOUS_COMMIT} is not in this clone: ${String(error)}` };
  }
  await run("tar", ["-xf", archive, "-C", sources]);
  await symlink(path.join(projectFolder, "node_modules"), path.join(sources, "node_modules"));
  return { bundle: await buildWorker(processes, sources), migrations: path.join(sources, "drizzle") };
}
