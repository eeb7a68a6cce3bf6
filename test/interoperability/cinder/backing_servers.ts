import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { freePort } from "../../support/free_port.ts";
import { HOST } from "../../support/restartable_server.ts";

/** A database server. */
interface MariaDb {
  readonly port: number;
  /** Runs SQL as root, and returns the rows. */
  readonly sql: (text: string, database?: string) => Promise<string>;
}

/** Seconds until a server must listen. */
const START_SECONDS = 60;

/** The servers log to files in their folders. */
const DISCARD = { stdout: () => false, stderr: () => false };

/**
 * Starts MariaDB on a free port, with its data in a folder. It ends with this process. A MariaDB that already runs on
 * this machine is not touched.
 *
 * @throws CliError if it does not start within a minute
 */
export async function startMariaDb(folder: string, processes: Processes): Promise<MariaDb> {
  const data = path.join(folder, "mariadb");
  const socket = path.join(folder, "mariadb.sock");
  const run = (file: string, args: readonly string[]) =>
    processes.run({ title: file, file, args, cwd: folder });
  await run("mariadb-install-db", [`--datadir=${data}`, "--user=root", "--skip-test-db"]);
  const port = await freePort();
  const args = [
    ...[`--datadir=${data}`, `--socket=${socket}`, `--port=${port}`, `--bind-address=${HOST}`],
    ...[`--pid-file=${data}/pid`, `--log-error=${data}/error.log`, "--user=root"],
  ];
  processes.start({ title: "mariadbd", file: "/usr/sbin/mariadbd", args, cwd: folder, quiet: true }, DISCARD);
  await waitUntilListening("MariaDB", port);
  return {
    port,
    sql: (text, database) =>
      run("mysql", [
        ...[`--socket=${socket}`, "--user=root", "--batch", "--skip-column-names"],
        ...(database === undefined ? [] : [database]),
        ...["--execute", text],
      ]),
  };
}

/**
 * Starts RabbitMQ on a free port, with its data in a folder. It ends with this process, and so does the name server of
 * Erlang, which RabbitMQ would leave behind otherwise. A RabbitMQ that already runs on this machine is not touched.
 *
 * @returns its port
 * @throws CliError if it does not start within a minute
 */
export async function startRabbitMq(folder: string, processes: Processes): Promise<number> {
  const data = path.join(folder, "rabbitmq");
  mkdirSync(data);
  const names = await freePort();
  const start = (title: string, file: string, args: readonly string[], env: Record<string, string> = {}) =>
    processes.start({ title, file, args, cwd: data, env, quiet: true }, DISCARD);
  start("epmd", "epmd", ["-address", HOST, "-port", String(names)]);
  await waitUntilListening("epmd", names);
  const port = await freePort();
  // Debian's wrapper of the same name changes the user, and with it the session: its server would outlive this process.
  start("rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmq-server", ["-noinput"], {
    // The shell script is replaced by the server, which then receives the signals.
    RABBITMQ_ALLOW_INPUT: "1",
    RABBITMQ_NODENAME: "cinder@localhost",
    RABBITMQ_NODE_IP_ADDRESS: HOST,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(await freePort()),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
    RABBITMQ_MNESIA_BASE: data,
    RABBITMQ_LOG_BASE: data,
    RABBITMQ_PID_FILE: path.join(data, "pid"),
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(data, "enabled_plugins"),
    ERL_EPMD_PORT: String(names),
    HOME: data,
  });
  await waitUntilListening("RabbitMQ", port);
  return port;
}

/** @throws CliError if no server listens within a minute */
async function waitUntilListening(title: string, port: number): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline) {
    if (await listens(port)) return;
    await sleep(100);
  }
  throw new CliError(`${title} did not start within ${START_SECONDS} seconds.`);
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
