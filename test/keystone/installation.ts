import path from "node:path";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { Venv } from "../support/venv.ts";

const venv = new Venv(
  path.join(projectFolder, ".data/keystone/venv"),
  path.join(import.meta.dirname, "requirements.txt"),
);

/** The path of a program that is installed in the virtual environment, such as `keystone-manage`. */
export const installed = (program: string): string => venv.program(program);

/**
 * Installs Keystone from PyPI into a virtual environment of the project's own. Where the requirements are installed
 * already, this does nothing.
 *
 * @throws ChildProcessError if there is no `python3` with its `venv` module, or if pip fails
 */
export const install = (processes: Processes): Promise<void> => venv.install("keystone", processes);
