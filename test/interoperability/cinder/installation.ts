import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { Venv } from "../../support/venv.ts";

/** Cinder 21.3 is a package of Debian 12, and 29.0 one of PyPI. */
export const VERSIONS = ["21.3", "29.0"] as const;
export type CinderVersion = (typeof VERSIONS)[number];
export const DEFAULT_VERSION: CinderVersion = "29.0";

/** A program, and its first arguments. */
type CommandLine = readonly [file: string, ...args: string[]];

/** The programs and files of an installed Cinder. */
export interface Installation {
  readonly manage: CommandLine;
  readonly service: (name: "volume" | "scheduler") => CommandLine;
  readonly uwsgi: CommandLine;
  /** The folder of `api-paste.ini` and `resource_filters.json`. */
  readonly configuration: string;
  /** Python statements that define `application`. */
  readonly application: string;
}

/** Debian's packages of the database and the message queue. */
const SERVERS = {
  "mariadb-server": "/usr/sbin/mariadbd",
  "rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server",
};
/** Debian's packages that each version needs, with a file of each. */
const PACKAGES: Record<CinderVersion, Readonly<Record<string, string>>> = {
  "21.3": {
    ...SERVERS,
    "cinder-common": "/usr/bin/cinder-manage",
    "python3-cinder": "/usr/lib/python3/dist-packages/cinder/version.py",
    "uwsgi-core": "/usr/bin/uwsgi-core",
    "uwsgi-plugin-python3": "/usr/bin/uwsgi_python3",
  },
  // uWSGI is compiled.
  "29.0": {
    ...SERVERS,
    "python3-venv": "/usr/lib/python3.11/ensurepip",
    "python3-dev": "/usr/bin/python3-config",
    gcc: "/usr/bin/gcc",
  },
};

const venv = new Venv(
  path.join(projectFolder, ".wrangler/cinder-venv"),
  path.join(projectFolder, "test/interoperability/cinder/requirements.txt"),
);

const INSTALLATIONS: Record<CinderVersion, Installation> = {
  "21.3": {
    manage: ["/usr/bin/cinder-manage"],
    service: (name) => [
      "/usr/bin/python3",
      path.join(projectFolder, "test/interoperability/cinder/debian_service.py"),
      name,
    ],
    uwsgi: ["/usr/bin/uwsgi_python3", "--plugins", "http,python3"],
    configuration: "/etc/cinder",
    application: "from cinder.wsgi import wsgi\napplication = wsgi.initialize_application()",
  },
  "29.0": {
    manage: [venv.program("cinder-manage")],
    service: (name) => [venv.program(`cinder-${name}`)],
    uwsgi: [venv.program("uwsgi")],
    configuration: venv.program("../etc/cinder"),
    application: "from cinder.wsgi.api import application",
  },
};

/**
 * Installs Cinder, MariaDB and RabbitMQ, unless they are there. It takes about two minutes.
 *
 * @throws CliError that says what is missing, if this is not Debian 12 or not root, or if Debian's packages do not
 *   have this version
 */
export async function installCinder(version: CinderVersion, processes: Processes): Promise<Installation> {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release)) {
    const found = /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? process.platform;
    const needed = version === "21.3" ? "Cinder 21.3, MariaDB and RabbitMQ" : "MariaDB and RabbitMQ";
    throw new CliError(`Cinder ${version} needs Debian 12, for its packages of ${needed}. This is ${found}.`);
  }
  if (process.getuid?.() !== 0) {
    throw new CliError("a real Cinder needs root, to install packages and to run MariaDB and RabbitMQ.");
  }
  const missing = Object.entries(PACKAGES[version]).filter(([, file]) => !existsSync(file));
  if (missing.length > 0) await installPackages(version, processes);
  if (version === "29.0") await venv.install("cinder 29.0", processes);
  return INSTALLATIONS[version];
}

async function installPackages(version: CinderVersion, processes: Processes): Promise<void> {
  const run = (file: string, args: readonly string[]) =>
    processes.run({
      title: file,
      file,
      args,
      cwd: projectFolder,
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  const packages = Object.keys(PACKAGES[version]);
  console.log(`cinder: installing ${packages.join(", ")}`);
  await run("apt-get", ["update", "--quiet"]);
  if (version === "21.3") assertCandidate(await run("apt-cache", ["policy", "python3-cinder"]));
  await run("apt-get", ["install", "--quiet", "--yes", "--no-install-recommends", ...packages]);
}

/**
 * Asserts that apt would install Cinder 21.3.
 *
 * @throws CliError that names the version that there is
 */
function assertCandidate(policy: string): void {
  const candidate = /^\s*Candidate: (.*)$/m.exec(policy)?.[1] ?? "(none)";
  if (/^(\d+:)?21\.3\./.test(candidate)) return;
  throw new CliError(
    `Debian's package python3-cinder is not at 21.3 here, but at ${candidate}. ` +
      "Cinder 21.3 needs the repositories of Debian 12; Cinder 29.0 comes from PyPI.",
  );
}
