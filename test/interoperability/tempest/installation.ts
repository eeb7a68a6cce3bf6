import { readdirSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { Venv } from "../../support/venv.ts";

const venv = new Venv(
  path.join(projectFolder, ".data/tempest/venv"),
  path.join(import.meta.dirname, "requirements.txt"),
);

/** Returns the path of an installed program, such as `stestr`. */
export const installed = (program: string): string => venv.program(program);

/**
 * Installs Tempest from PyPI in a virtual environment of the project. Does nothing if the requirements are installed
 * already.
 *
 * @throws ChildProcessError if there is no `python3` with its `venv` module, or if pip fails
 */
export const installTempest = (processes: Processes): Promise<void> => venv.install("tempest", processes);

/** Returns the folder of the Python packages that are installed. */
export function packagesFolder(): string {
  const lib = installed("../lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python3."));
  if (python === undefined) throw new Error(`${lib} has no Python`);
  return path.join(lib, python, "site-packages");
}
