import { readFileSync } from "node:fs";
import path from "node:path";
import { Processes } from "../../src/cli/processes/processes.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { Venv } from "../venv.ts";

const DATA = path.join(projectFolder, ".data/clients");
const REQUIREMENTS = path.join(import.meta.dirname, "requirements.txt");
const GO_MODULE = path.join(import.meta.dirname, "gophercloud");

const venv = new Venv(path.join(DATA, "venv"), REQUIREMENTS);

/** The path of a program of the clients in Python, such as `openstack`. */
export const installed = (program: string): string => venv.program(program);

/** The path of the program that calls gophercloud. */
export const GOPHERCLOUD = path.join(DATA, "go/bin/gophercloud");

/**
 * Installs the clients, in folders of the project's own that git ignores. What is installed already is left as it is.
 *
 * @throws CommandFailed if there is no `python3` with its `venv` module or no `go`, or if pip or go fails
 */
export async function installClients(): Promise<void> {
  // These run to their end; there is none whose death could go unseen.
  const processes = new Processes(() => {});
  await venv.install("clients", processes);
  // Go itself knows what it has downloaded and compiled already: then this takes a second.
  await processes.run({
    title: "building the program that calls gophercloud",
    file: "go",
    args: ["build", "-mod=readonly", "-modcacherw", "-o", GOPHERCLOUD, "."],
    cwd: GO_MODULE,
    env: {
      GOMODCACHE: path.join(DATA, "go/mod"),
      GOCACHE: path.join(DATA, "go/cache"),
      GOTOOLCHAIN: "local",
    },
  });
}

/** The version of a package of `requirements.txt`, or of a module of `go.mod`. */
export function pinnedVersion(name: string): string {
  const pins = readFileSync(REQUIREMENTS, "utf8") + readFileSync(path.join(GO_MODULE, "go.mod"), "utf8");
  const line = pins.split("\n").find((line) => line.includes(`${name}==`) || line.includes(`${name} v`));
  const version = line?.split(/==| v/)[1];
  if (version === undefined) throw new Error(`no version of ${name} is pinned`);
  return version;
}
