import { existsSync } from "node:fs";
import path from "node:path";
import type { Command, Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { Venv } from "../../support/venv.ts";

const FOLDER = path.join(projectFolder, ".data/horizon/venv");
/** In the folder of the virtual environment, so that both are replaced together. */
const STATIC_FILES = path.join(FOLDER, "static");
/** The command `compress` writes it last. */
const MANIFEST = path.join(STATIC_FILES, "dashboard/manifest.json");

const venv = new Venv(FOLDER, path.join(import.meta.dirname, "requirements.txt"));

/** Returns a command of Django for Horizon, such as `runserver`. */
export const djangoCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Command => ({
  title: `horizon, ${args[0]}`,
  file: venv.program("python"),
  args: ["-m", "django", ...args],
  cwd: FOLDER,
  env: {
    DJANGO_SETTINGS_MODULE: "horizon_settings",
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: "1",
    // OpenStack's libraries print warnings about deprecated functions of each other.
    PYTHONWARNINGS: "ignore",
    STATIC_ROOT: STATIC_FILES,
    ...env,
  },
});

/**
 * Installs Horizon from PyPI into a virtual environment of the project, and prepares its static files. Does nothing if
 * this is done already. It takes about a minute.
 *
 * @throws ChildProcessError if there is no `python3` with its `venv` module, or if pip or Django fails
 */
export async function installHorizon(processes: Processes): Promise<void> {
  await venv.install("horizon", processes);
  if (existsSync(MANIFEST)) return;
  await processes.run(djangoCommand(["collectstatic", "--noinput"]));
  await processes.run(djangoCommand(["compress", "--force"]));
}
