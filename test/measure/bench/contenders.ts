import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CliError } from "../../../src/cli/errors.ts";
import type { Command, Processes } from "../../../src/cli/processes/processes.ts";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { freePort } from "../../support/free_port.ts";
import { HOST } from "../../support/restartable_server.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { type Cleanup, type Contender, startServer } from "./contender.ts";
import { type Dataset, fillByApi } from "./dataset.ts";
import { BASELINE_NAME, LIMIT_NAME, SERVICE_NAME } from "./goals.ts";
import { apiOperations } from "./operations.ts";

/** The last commit on workerd and sqld. */
const BASELINE = "2a245ba";

/** The common parts of the contenders. */
export interface Scene {
  readonly processes: Processes;
  readonly cleanup: Cleanup;
}

/** The service, and its database file. */
export interface Service extends Contender {
  readonly file: string;
}

/** The settings of `startService` that have a default. */
interface ServiceOptions {
  readonly name?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Arguments of Node. */
  readonly nodeArgs?: readonly string[];
  /** Fills the database, whose URL it gets; by default through the API. */
  readonly fill?: (databaseUrl: string) => Promise<Dataset>;
}

/** Starts `npm run serve`, with volumes and transfers, and its log in a file. */
export async function startService(
  { cleanup }: Scene,
  { name = SERVICE_NAME, variables = {}, nodeArgs = [], fill }: ServiceOptions = {},
): Promise<Service> {
  // A profile needs the files of src/, of which `npm run serve` executes a bundle.
  const command = nodeArgs.length === 0 ? "src/cli/run.js" : "src/cli/main.ts";
  const { folder, ...server } = await startServe(
    { cwd: projectFolder, args: [MEMORY, ...nodeArgs, ...COMMAND_ARGS, command, "serve"], variables },
    cleanup,
  );
  const file = path.join(folder, "volume-transfers.db");
  const dataset = await (fill === undefined
    ? fillByApi(server.url)
    : fill(variables.LIBSQL_URL ?? `file:${file}`));
  return { ...server, name, file, operations: apiOperations(dataset) };
}

/** Starts `npm run serve` of the baseline, which is installed into `.data` if it is not there. */
export async function startBaseline({ processes, cleanup }: Scene): Promise<Contender> {
  const checkout = path.join(projectFolder, ".data/bench", BASELINE);
  if (!existsSync(path.join(checkout, "node_modules"))) {
    const run = (file: string, args: readonly string[], cwd: string) =>
      processes.run({ title: file, file, args, cwd });
    if (!existsSync(checkout))
      await run("git", ["worktree", "add", "--detach", checkout, BASELINE], projectFolder);
    await run("npm", ["ci"], checkout);
  }
  const server = await startServe(
    {
      cwd: checkout,
      args: [...COMMAND_ARGS, "src/cli/commands/serve.ts"],
      // The name that TRANSFERS_PER_MINUTE had.
      variables: { OFFERS_PER_MINUTE: NO_QUOTA.TRANSFERS_PER_MINUTE },
    },
    cleanup,
  );
  return { ...server, name: BASELINE_NAME, operations: apiOperations(await fillByApi(server.url)) };
}

/** The arguments with which `npm run` starts Node. */
const COMMAND_ARGS = ["--import", "./src/cli/node_version.js"];
/** The argument of `npm run serve` that bounds the memory of new objects. */
const MEMORY = "--max-semi-space-size=4";

/** @param args those of Node with which `npm run serve` starts it, without npm */
async function startServe(
  {
    cwd,
    args,
    variables,
  }: {
    readonly cwd: string;
    readonly args: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
  },
  cleanup: Cleanup,
) {
  const folder = temporaryFolder();
  const port = await freePort();
  const command: Command = {
    title: "npm run serve",
    file: process.execPath,
    args,
    cwd,
    env: { AUTH_STRATEGY: "noauth", DATA_DIR: folder, PORT: String(port), ...NO_QUOTA, ...variables },
  };
  const address = {
    url: serverUrl(HOST, port),
    healthPath: "/healthcheck",
    logFile: path.join(folder, "log"),
  };
  return { ...(await startServer(command, address, cleanup)), folder };
}

/** Starts the limit of what the service could reach: see `limit_server.ts`. */
export async function startLimit(service: Service, { cleanup }: Scene): Promise<Contender> {
  const port = await freePort();
  const command: Command = {
    title: "limit",
    file: process.execPath,
    args: [path.join(import.meta.dirname, "limit_server.ts"), service.file, String(port)],
    cwd: projectFolder,
  };
  const address = {
    url: serverUrl(HOST, port),
    healthPath: "/",
    logFile: path.join(temporaryFolder(), "log"),
  };
  const { show } = service.operations;
  return {
    ...(await startServer(command, address, cleanup)),
    name: LIMIT_NAME,
    operations: show === undefined ? {} : { show },
  };
}

/** Makes an empty folder for the data of a server. */
export const temporaryFolder = (): string => mkdtempSync(path.join(tmpdir(), "volume-transfers-bench-"));

/**
 * Installs a program from the Go module proxy into `.data`, if it is not there.
 *
 * @param module its path and version
 * @throws CliError if there is no Go
 */
export async function installGoProgram(name: string, module: string, processes: Processes): Promise<string> {
  const folder = path.join(projectFolder, ".data/bench", name);
  const program = path.join(folder, path.basename(module.replace(/@.*/, "")));
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  await processes
    .run({ title: "go", file: "go", args: ["install", module], cwd: folder, env: { GOBIN: folder } })
    .catch((error: unknown) => {
      throw new CliError(`${name} could not be built with Go: ${String(error)}`);
    });
  return program;
}
