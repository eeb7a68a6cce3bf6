import path from "node:path";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { Venv } from "../../support/venv.ts";

const venv = new Venv(
  path.join(projectFolder, ".data/keystone/venv"),
  path.join(import.meta.dirname, "requirements.txt"),
);

/** Returns the path of an installed program, such as `keystone-manage`. */
export const installed = (program: string): string => venv.program(program);

/**
 * Installs Keystone from PyPI in a virtual environment of the project. Does nothing if the requirements are installed
 * already.
 *
 * @throws ChildProcessError if there is no `python3` with its `venv` module, or if pip fails
 */
export const install = (processes: Processes): Promise<void> => venv.install("keystone", processes);
