import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../../src/cli/errors.ts";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { Venv } from "../support/venv.ts";

/** Debian's packages that Cinder needs: its database, its message queue, and what builds uWSGI. */
const PACKAGES = ["mariadb-server", "rabbitmq-server", "python3-venv", "python3-dev", "gcc", "libc6-dev"];
const PROGRAMS = ["/usr/sbin/mariadbd", "/usr/sbin/rabbitmq-server", "/usr/bin/gcc"];

/** Cinder 29.0 from PyPI. */
export const cinderVenv = new Venv(
  path.join(projectFolder, ".wrangler/cinder-venv"),
  path.join(projectFolder, "test/cinder/requirements.txt"),
);

/**
 * Installs Cinder, MariaDB and RabbitMQ, unless they are there. It takes about two minutes.
 *
 * @throws CliError that says what is missing, if this is not Debian 12 or not root
 */
export async function installCinder(processes: Processes): Promise<void> {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release)) {
    throw new CliError("a real Cinder needs Debian 12, whose packages of MariaDB and RabbitMQ it uses.");
  }
  if (process.getuid?.() !== 0) {
    throw new CliError("a real Cinder needs root: it starts MariaDB and RabbitMQ as their own users.");
  }
  if (!PROGRAMS.every((program) => existsSync(program))) {
    const apt = (...args: string[]) =>
      processes.run({
        title: "apt-get",
        file: "apt-get",
        args,
        cwd: projectFolder,
        env: { DEBIAN_FRONTEND: "noninteractive" },
      });
    console.log(`cinder: installing ${PACKAGES.join(", ")}`);
    await apt("update", "--quiet");
    await apt("install", "--quiet", "--yes", "--no-install-recommends", ...PACKAGES);
  }
  await cinderVenv.install("cinder 29.0", processes);
}
