import type { TestProject } from "vitest/node";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { type CinderVersion, DEFAULT_VERSION, installCinder, VERSIONS } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";

declare module "vitest" {
  export interface ProvidedContext {
    cinderUrl: string;
    cinderVersion: CinderVersion;
  }
}

/** Starts the Cinder that the name of the project ends with, by default 29.0 or the one of `CINDER_URL`, for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const processes = new Processes((failure) => console.error(failure.message));
  const named = VERSIONS.find((version) => project.name.endsWith(version));
  const version = named ?? DEFAULT_VERSION;
  const running = named === undefined && process.env.CINDER_URL?.replace(/\/$/, "");
  const url = running || (await startCinder(await installCinder(version, processes), processes)).url;
  project.provide("cinderUrl", url);
  project.provide("cinderVersion", version);
  return () => processes.stop();
}
