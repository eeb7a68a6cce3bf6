import type { TestProject } from "vitest/node";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { DEFAULT_VERSION, installCinder } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";

declare module "vitest" {
  export interface ProvidedContext {
    cinderUrl: string;
  }
}

/** Starts a real Cinder for all files, or uses the one of `CINDER_URL`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const processes = new Processes((failure) => console.error(failure.message));
  const running = process.env.CINDER_URL?.replace(/\/$/, "");
  const url = running || (await startCinder(await installCinder(DEFAULT_VERSION, processes), processes)).url;
  project.provide("cinderUrl", url);
  return () => processes.stop();
}
