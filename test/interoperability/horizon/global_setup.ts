import { spawnSync } from "node:child_process";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { install as installKeystone } from "../keystone/installation.ts";
import { installHorizon } from "./installation.ts";

/**
 * Installs Horizon and Keystone, here because a setup has no time limit. Stops the suite, and says what is missing, if
 * there is no Python.
 */
export default async function setup(): Promise<void> {
  if (spawnSync("python3", ["-c", "import ensurepip, venv"]).status !== 0) {
    throw new Error(
      "There is no python3 with its module venv, into which Horizon is installed from PyPI. Install it (on Debian: apt-get install python3-venv).",
    );
  }
  // No process is started in the background, so none can end unexpectedly.
  const processes = new Processes(() => {});
  await installKeystone(processes);
  await installHorizon(processes);
}
