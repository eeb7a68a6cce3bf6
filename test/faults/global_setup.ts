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

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of the Worker, built. */
    bundle: string;
    /** The Worker before migration 0002, built, and the migrations that it knows; or why there is none. */
    before: { readonly bundle: string; readonly migrations: string } | { readonly missing: string };
    wranglerConfig: WranglerConfig;
  }
}

/** The last commit before migration 0002. */
const BEFORE = "c4aa355";

const run = promisify(execFile);

/** Builds the Worker, as it is and as it was before the last migration. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-bundles-"));
  const processes = new Processes((failure) => console.error(failure.message));
  project.provide("wranglerConfig", await readWranglerConfig(processes));
  project.provide("bundle", await buildWorker(processes));
  project.provide("before", await buildBefore(folder, processes));
  return async () => {
    await processes.stop();
    await rm(folder, { recursive: true });
  };
}

async function buildBefore(folder: string, processes: Processes) {
  const sources = path.join(folder, "sources");
  await mkdir(sources);
  const archive = path.join(folder, "sources.tar");
  try {
    await run("git", ["archive", "--output", archive, BEFORE], { cwd: projectFolder });
  } catch (error) {
    return { missing: `the commit ${BEFORE} is not in this clone: ${String(error)}` };
  }
  await run("tar", ["-xf", archive, "-C", sources]);
  await symlink(path.join(projectFolder, "node_modules"), path.join(sources, "node_modules"));
  return { bundle: await buildWorker(processes, sources), migrations: path.join(sources, "drizzle") };
}
