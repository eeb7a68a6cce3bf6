import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { serverUrl, waitUntilReady } from "../../../src/cli/servers/ready.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { freePort } from "../../support/free_port.ts";
import { HOST } from "../../support/restartable_server.ts";
import { startMariaDb, startRabbitMq } from "./backing_servers.ts";
import type { Installation } from "./installation.ts";

/** A running Cinder. */
export interface Cinder {
  readonly url: string;
  /** Runs SQL in its database. */
  readonly sql: (sql: string) => Promise<string>;
}

/** The Keystone that a Cinder asks about tokens. */
export interface CinderKeystone {
  /** With `/v3`. */
  readonly url: string;
  /** The password of its admin. */
  readonly password: string;
  /** A token, and its project. */
  readonly probe: Caller;
  /** The URL of the Barbican that keeps the keys of encrypted volumes. By default there are none. */
  readonly barbicanUrl?: string | undefined;
}

interface Caller {
  readonly token: string;
  readonly project: string;
}

/** The back end in Cinder's own form: host, back end and pool. */
export const BACKEND = "bench@fake#fake";
const DATABASE = "cinder";
const API_PROCESSES = 4;

/**
 * Starts a Cinder: the API on uWSGI with four processes, the scheduler, a volume service with a driver that does
 * nothing, and a MariaDB and a RabbitMQ of its own. They end with this process, which also removes their data.
 *
 * @param keystone by default there is none, and a token says who has it
 * @throws CliError if a server does not start
 */
export async function startCinder(
  installation: Installation,
  processes: Processes,
  keystone?: CinderKeystone,
): Promise<Cinder> {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-cinder-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const database = await startMariaDb(folder, processes);
  await database.sql(
    [
      `create database ${DATABASE} character set utf8mb3`,
      "create user cinder@localhost identified by 'cinder'",
      "create user cinder@127.0.0.1 identified by 'cinder'",
      "grant all on *.* to cinder@localhost",
      "grant all on *.* to cinder@127.0.0.1",
    ].join("; "),
  );
  const queuePort = await startRabbitMq(folder, processes);
  writeConfiguration(installation, folder, { database: database.port, queue: queuePort }, keystone);

  const configured = ["--config-file", path.join(folder, "cinder.conf")];
  const env = { PYTHONPATH: `${folder}:${path.join(projectFolder, "test/interoperability/cinder")}` };
  const [manage, ...managed] = installation.manage;
  const sync = [...managed, ...configured, "db", "sync"];
  await processes.run({ title: "cinder-manage", file: manage, args: sync, cwd: folder });
  const start = (title: string, [file, ...first]: readonly [string, ...string[]], args: readonly string[]) =>
    processes.start({ title, file, args: [...first, ...args], cwd: folder, env, quiet: true }, DISCARD);
  for (const name of ["volume", "scheduler"] as const) {
    start(`cinder-${name}`, installation.service(name), [
      ...configured,
      ...["--log-file", path.join(folder, `${name}.log`)],
    ]);
  }
  const port = await freePort();
  start("uwsgi", installation.uwsgi, [
    // The router keeps the connections of clients open, and the four processes answer one request after another.
    ...["--http", `${HOST}:${port}`, "--http-keepalive", "--wsgi-file", path.join(folder, "wsgi.py")],
    ...["--processes", String(API_PROCESSES), "--master", "--lazy-apps", "--thunder-lock", "--die-on-term"],
    ...["--buffer-size", "65535", "--disable-logging"],
  ]);
  const url = serverUrl(HOST, port);
  await waitUntilReady(`${url}/healthcheck`);
  await waitUntilCreating(url, keystone?.probe ?? { token: `probe:${PROBE}`, project: PROBE });
  return { url, sql: (text) => database.sql(text, DATABASE) };
}

/** Seconds until the volume service must create volumes. */
const CREATE_SECONDS = 120;
const PROBE = "0".repeat(32);

/**
 * Waits until a volume can be created: the API responds before the scheduler knows of the volume service.
 *
 * @throws CliError if no volume becomes available in time
 */
async function waitUntilCreating(url: string, { token, project }: Caller): Promise<void> {
  const call = async (method: string, id: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${url}/v3/${project}/volumes${id}`, {
      method,
      headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return response.text();
  };
  const propertyOf = (volume: string, name: string) => new RegExp(`"${name}": "([^"]*)"`).exec(volume)?.[1];
  const deadline = Date.now() + CREATE_SECONDS * 1000;
  while (Date.now() < deadline) {
    const id = propertyOf(await call("POST", "", { volume: { size: 1 } }), "id");
    let status = "creating";
    while (status === "creating" && Date.now() < deadline) {
      await sleep(200);
      status = propertyOf(await call("GET", `/${id}`), "status") ?? "error";
    }
    await call("DELETE", `/${id}`);
    if (status === "available") return;
  }
  throw new CliError(`Cinder created no volume within ${CREATE_SECONDS} seconds. See its logs.`);
}

/** The services log to files in their folder. */
const DISCARD = { stdout: () => false, stderr: () => false };

function writeConfiguration(
  { configuration, application }: Installation,
  folder: string,
  ports: Readonly<Record<"database" | "queue", number>>,
  keystone: CinderKeystone | undefined,
): void {
  const paste = readFileSync(path.join(configuration, "api-paste.ini"), "utf8");
  const filter = "[filter:token_auth]\npaste.filter_factory = token_auth:TokenAuth.factory\n";
  writeFileSync(
    path.join(folder, "api-paste.ini"),
    `${paste.replaceAll(/\bnoauth(?= apiv3)/g, "token_auth")}\n${filter}`,
  );
  writeFileSync(
    path.join(folder, "cinder.conf"),
    `[DEFAULT]
auth_strategy = ${keystone === undefined ? "noauth" : "keystone"}
api_paste_config = ${folder}/api-paste.ini
state_path = ${folder}
transport_url = rabbit://guest:guest@${HOST}:${ports.queue}/
enabled_backends = fake
default_volume_type = __DEFAULT__
host = ${BACKEND.split("@")[0]}
resource_query_filters_file = ${configuration}/resource_filters.json
[fake]
volume_driver = cinder.tests.fake_driver.FakeLoggingVolumeDriver
volume_backend_name = fake
[database]
connection = mysql+pymysql://cinder:cinder@${HOST}:${ports.database}/${DATABASE}
[oslo_concurrency]
lock_path = ${folder}/locks
[coordination]
backend_url = file://${folder}/coordination
[oslo_middleware]
enable_proxy_headers_parsing = true
${keystone === undefined ? "" : tokenConfiguration(keystone)}
${keystone?.barbicanUrl === undefined ? "" : keyConfiguration(keystone, keystone.barbicanUrl)}`,
  );
  writeFileSync(
    path.join(folder, "wsgi.py"),
    `import sys
sys.argv = ["cinder-wsgi", "--config-file", "${folder}/cinder.conf"]
${application}
`,
  );
}

const keyConfiguration = ({ url }: CinderKeystone, barbicanUrl: string): string => `[key_manager]
backend = barbican
[barbican]
auth_endpoint = ${url}
barbican_endpoint = ${barbicanUrl}
`;

/** Returns how a service of OpenStack asks about tokens. The catalog of the Keystone has public endpoints alone. */
export const tokenConfiguration = ({ url, password }: CinderKeystone): string => `[keystone_authtoken]
www_authenticate_uri = ${url}
auth_url = ${url}
auth_type = password
interface = public
username = admin
password = ${password}
project_name = admin
user_domain_name = Default
project_domain_name = Default
`;
