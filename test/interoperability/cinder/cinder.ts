import type { Processes } from "../../../src/cli/processes/processes.ts";
import { type CinderVersion, installCinder } from "./installation.ts";
import { startCinder } from "./servers.ts";

/** Runs a real Cinder. */
export async function runCinder(processes: Processes, version: CinderVersion): Promise<undefined> {
  const { url } = await startCinder(await installCinder(version, processes), processes);
  console.log(`cinder: ready on ${url}`);
}
