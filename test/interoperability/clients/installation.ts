import { readFileSync } from "node:fs";
import path from "node:path";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { Venv } from "../../support/venv.ts";

const DATA = path.join(projectFolder, ".data/clients");
const REQUIREMENTS = path.join(import.meta.dirname, "requirements.txt");
const RALLY_REQUIREMENTS = path.join(import.meta.dirname, "rally-requirements.txt");
/** The folder of the `go.mod` of gophercloud. */
export const GO_MODULE = path.join(import.meta.dirname, "gophercloud");

const venv = new Venv(path.join(DATA, "venv"), REQUIREMENTS);
/** The virtual environment of Rally. */
export const rallyVenv = new Venv(path.join(DATA, "rally"), RALLY_REQUIREMENTS);

/** Returns the path of a program of the Python clients, such as `openstack`. */
export const installedProgram = (program: string): string => venv.program(program);

/** The variables with which Go keeps what it has downloaded and compiled in the project. */
export const GO_ENVIRONMENT = {
  GOMODCACHE: path.join(DATA, "go/mod"),
  GOCACHE: path.join(DATA, "go/cache"),
  GOTOOLCHAIN: "local",
};

/** The path of the program that calls gophercloud. */
export const GOPHERCLOUD_PROGRAM = path.join(DATA, "go/bin/gophercloud");

/**
 * Installs the clients into folders of the project that git ignores. Does nothing for those that are up to date.
 *
 * @throws ChildProcessError if `python3` with its module `venv` or `go` does not exist, or if pip or go fails
 */
export async function installClients(): Promise<void> {
  // No process is started in the background, so none can end unexpectedly.
  const processes = new Processes(() => {});
  await venv.install("clients", processes);
  await rallyVenv.install("Rally", processes);
  await buildGoProgram(GO_MODULE, GOPHERCLOUD_PROGRAM);
}

/**
 * Builds a Go program. Go caches modules and packages: a repeated build takes a second.
 *
 * @param module the folder of its `go.mod`
 * @throws ChildProcessError if `go` does not exist, or if it fails
 */
export async function buildGoProgram(module: string, output: string): Promise<void> {
  await new Processes(() => {}).run({
    title: `building ${path.basename(output)} in Go`,
    file: "go",
    args: ["build", "-mod=readonly", "-modcacherw", "-o", output, "."],
    cwd: module,
    env: GO_ENVIRONMENT,
  });
}

/**
 * Returns the version of a package in a file of requirements, or of a module in `go.mod`.
 *
 * @throws Error if no file pins it
 */
export function pinnedVersion(name: string): string {
  const files = [REQUIREMENTS, RALLY_REQUIREMENTS, path.join(GO_MODULE, "go.mod")];
  const pins = files.flatMap((file) => readFileSync(file, "utf8").split("\n"));
  const line = pins.find((line) => line.startsWith(`${name}==`) || line.includes(`${name} v`));
  const version = line?.split(/==| v/)[1];
  if (version === undefined) throw new Error(`no file pins ${name}`);
  return version;
}
