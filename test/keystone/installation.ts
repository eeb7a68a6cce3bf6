import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../src/cli/processes.ts";
import { projectFolder } from "../../src/cli/settings.ts";

const REQUIREMENTS = path.join(import.meta.dirname, "requirements.txt");
const VENV = path.join(projectFolder, ".data/keystone/venv");
/** The requirements that the virtual environment has, in a copy that is written when all of them are installed. */
const INSTALLED = path.join(VENV, "requirements.txt");

/** The path of a program that is installed in the virtual environment, such as `keystone-manage`. */
export const installed = (program: string): string => path.join(VENV, "bin", program);

/**
 * Installs Keystone from PyPI into a virtual environment of the project's own. Where the requirements are installed
 * already, this does nothing.
 *
 * @throws CommandFailed if there is no `python3` with its `venv` module, or if pip fails
 */
export async function install(processes: Processes): Promise<void> {
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  if (isInstalled(wanted)) return;
  console.log(`keystone: installing into ${VENV}, which takes about half a minute`);
  rmSync(VENV, { recursive: true, force: true });
  const title = "installing Keystone";
  await processes.run({ title, file: "python3", args: ["-m", "venv", VENV], cwd: projectFolder });
  const pip = ["install", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
  await processes.run({ title, file: installed("pip"), args: pip, cwd: projectFolder });
  writeFileSync(INSTALLED, wanted);
}

/** Whether the virtual environment has these requirements, and the Python that it was made with is still there. */
function isInstalled(requirements: string): boolean {
  return (
    existsSync(installed("python")) &&
    existsSync(INSTALLED) &&
    readFileSync(INSTALLED, "utf8") === requirements
  );
}
