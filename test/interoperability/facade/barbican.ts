import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder, temporaryFolder } from "../../../src/cli/settings/settings.ts";
import { freePort } from "../../support/free_port.ts";
import { HOST, RestartableServer } from "../../support/restartable_server.ts";
import { Venv } from "../../support/venv.ts";
import { type CinderKeystone, tokenConfiguration } from "../cinder/servers.ts";

const venv = new Venv(
  path.join(projectFolder, ".data/barbican/venv"),
  path.join(import.meta.dirname, "barbican_requirements.txt"),
);

/** A Barbican on the loopback interface. */
export interface Barbican {
  readonly url: string;
  /** Ends it, and deletes its data. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a new Barbican, which keeps its secrets in a SQLite file, after installing it if necessary.
 *
 * @throws ChildProcessError, Error if it cannot be installed, or does not start
 */
export async function startBarbican(keystone: CinderKeystone, processes: Processes): Promise<Barbican> {
  await venv.install("barbican", processes);
  const folder = temporaryFolder();
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  writeFileSync(path.join(folder, "barbican.conf"), configuration(folder, url, keystone));
  const server = new RestartableServer(
    {
      title: "barbican",
      file: venv.program("python"),
      args: [
        "-c",
        `from paste.deploy import loadapp
from waitress import serve
serve(loadapp("config:${venv.program("../etc/barbican/barbican-api-paste.ini")}"), host="${HOST}", port=${port})`,
      ],
      cwd: folder,
      // Barbican looks for its configuration there.
      env: { HOME: folder, PYTHONWARNINGS: "ignore" },
    },
    port,
    "/healthcheck",
  );
  const stop = async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await server.start();
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns `barbican.conf`, with Barbican's defaults for everything else. */
const configuration = (folder: string, url: string, keystone: CinderKeystone): string => `[DEFAULT]
host_href = ${url}
db_auto_create = true
log_file = ${path.join(folder, "barbican.log")}

[database]
connection = sqlite:///${path.join(folder, "barbican.db")}

[simple_crypto_plugin]
kek = ${randomBytes(32).toString("base64")}

${tokenConfiguration(keystone)}`;
