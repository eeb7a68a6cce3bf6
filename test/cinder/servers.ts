import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../../src/cli/errors.ts";
import type { Command, Processes } from "../../src/cli/processes/processes.ts";
import { serverUrl, waitUntilReady } from "../../src/cli/servers/ready.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { freePort } from "../support/free_port.ts";
import { HOST } from "../support/restartable_server.ts";
import { cinderVenv } from "./installation.ts";

/** A running Cinder. */
export interface Cinder {
  readonly url: string;
  /** Runs SQL in its database. */
  readonly sql: (sql: string) => Promise<string>;
}

/** The back end in Cinder's own form: host, back end and pool. */
export const BACKEND = "bench@fake#fake";
const DATABASE = "cinder_bench";
const START_SECONDS = 60;
const API_PROCESSES = 4;

/**
 * Starts Cinder 29.0: the API on uWSGI with four processes, the scheduler, a volume service with a driver that does
 * nothing, MariaDB and RabbitMQ. They end with this process, but for RabbitMQ, which runs in a session of its own, and a
 * MariaDB that was running before.
 *
 * @param folder for its configuration and state
 * @throws CliError if a server does not start
 */
export async function startCinder(folder: string, processes: Processes): Promise<Cinder> {
  mkdirSync(folder, { recursive: true });
  const run = (title: string, file: string, args: readonly string[]) =>
    processes.run({ title, file, args, cwd: folder });
  const start = (title: string, file: string, args: readonly string[], env: Record<string, string> = {}) =>
    processes.start({ title, file, args, cwd: folder, env, quiet: true } satisfies Command, DISCARD);
  const sql = (text: string, database: string[] = [DATABASE]) =>
    run("mysql", "mysql", ["--user=root", "--batch", "--skip-column-names", ...database, "--execute", text]);

  await untilRuns(
    () => run("mysqladmin", "mysqladmin", ["--user=root", "status"]),
    () => start("mariadbd", "mariadbd-safe", ["--user=mysql"]),
  );
  await untilRuns(
    () => run("rabbitmqctl", "rabbitmqctl", ["await_startup", "--timeout", "5"]),
    () => start("rabbitmq", "rabbitmq-server", []),
  );
  await sql(
    [
      `drop database if exists ${DATABASE}`,
      `create database ${DATABASE} character set utf8mb3`,
      "create or replace user cinder@localhost identified by 'cinder'",
      "create or replace user cinder@127.0.0.1 identified by 'cinder'",
      "grant all on *.* to cinder@localhost",
      "grant all on *.* to cinder@127.0.0.1",
    ].join("; "),
    [],
  );
  writeConfiguration(folder);
  const configured = ["--config-file", path.join(folder, "cinder.conf")];
  await run("cinder-manage", cinderVenv.program("cinder-manage"), [...configured, "db", "sync"]);
  const env = { PYTHONPATH: `${folder}:${path.join(projectFolder, "test/cinder")}` };
  for (const name of ["cinder-volume", "cinder-scheduler"]) {
    start(name, cinderVenv.program(name), configured, env);
  }
  const port = await freePort();
  const uwsgi = [
    // The router keeps the connections of clients open, and the four processes answer one request after another.
    ...["--http", `${HOST}:${port}`, "--http-keepalive", "--wsgi-file", path.join(folder, "wsgi.py")],
    ...["--processes", String(API_PROCESSES), "--master", "--lazy-apps", "--thunder-lock"],
    ...["--buffer-size", "65535", "--disable-logging"],
  ];
  start("uwsgi", cinderVenv.program("uwsgi"), uwsgi, env);
  const url = serverUrl(HOST, port);
  await waitUntilReady(`${url}/healthcheck`);
  return { url, sql };
}

/** The servers write to files of their own, or nothing of interest. */
const DISCARD = { stdout: () => false, stderr: () => false };

/** Starts a server unless it runs, and waits until it responds. */
async function untilRuns(check: () => Promise<unknown>, start: () => void): Promise<void> {
  const runs = () =>
    check().then(
      () => true,
      () => false,
    );
  if (await runs()) return;
  start();
  for (let second = 0; second < START_SECONDS; second++) {
    await sleep(1000);
    if (await runs()) return;
  }
  throw new CliError("MariaDB or RabbitMQ did not start within a minute.");
}

function writeConfiguration(folder: string): void {
  const paste = readFileSync(cinderVenv.program("../etc/cinder/api-paste.ini"), "utf8");
  const filter = "[filter:token_auth]\npaste.filter_factory = token_auth:TokenAuth.factory\n";
  writeFileSync(
    path.join(folder, "api-paste.ini"),
    `${paste.replaceAll(/\bnoauth(?= apiv3)/g, "token_auth")}\n${filter}`,
  );
  const filters = cinderVenv.program("../etc/cinder/resource_filters.json");
  writeFileSync(
    path.join(folder, "cinder.conf"),
    `[DEFAULT]
auth_strategy = noauth
api_paste_config = ${folder}/api-paste.ini
state_path = ${folder}
transport_url = rabbit://guest:guest@127.0.0.1:5672/
enabled_backends = fake
default_volume_type = __DEFAULT__
host = ${BACKEND.split("@")[0]}
resource_query_filters_file = ${filters}
[fake]
volume_driver = cinder.tests.fake_driver.FakeLoggingVolumeDriver
volume_backend_name = fake
[database]
connection = mysql+pymysql://cinder:cinder@127.0.0.1/${DATABASE}
[oslo_concurrency]
lock_path = ${folder}/locks
[coordination]
backend_url = file://${folder}/coordination
`,
  );
  writeFileSync(
    path.join(folder, "wsgi.py"),
    `import sys
sys.argv = ["cinder-wsgi", "--config-file", "${folder}/cinder.conf"]
from cinder.wsgi.api import application
`,
  );
}
