import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONFIGURATION_VARIABLES, ConfigurationError } from "../../config/config.ts";
import { deployment } from "../../config/deployment.ts";
import { regionalName, regionalVariables, splitRegions } from "../../config/region_variables.ts";
import type { FileOptions } from "../../host/file_database.ts";
import { CliError } from "../errors.ts";

/** The folder of the migrations, and of `dist` if it is built: the nearest above this module that is a package. */
export const packageFolder = folderOfPackage(import.meta.dirname);

/** Whether this is the built package, and not a checkout of the sources. */
export const isPackage = !existsSync(path.join(packageFolder, "src"));

/** The folder of the migrations. */
export const migrationsFolder = path.join(packageFolder, "drizzle");

/** The folder of `wrangler.toml` and the data: where the command of the package was run, or else the checkout. */
export const projectFolder = isPackage ? process.cwd() : packageFolder;

/** Returns the nearest folder with a `package.json`. */
function folderOfPackage(folder: string): string {
  return existsSync(path.join(folder, "package.json")) ? folder : folderOfPackage(path.dirname(folder));
}

/** The name of the package's command. */
export const PROGRAM = "volume-transfers";

/**
 * Returns how a user types a command: an npm script in a checkout, or a subcommand of the package.
 *
 * @example
 * commandLine("fsck", "--help"); // "npm run fsck -- --help", or in the package "volume-transfers fsck --help"
 */
export function commandLine(command: string, ...args: readonly string[]): string {
  if (isPackage) return [PROGRAM, command, ...args].join(" ");
  return [`npm run ${command}`, ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns a variable of the environment. An empty value is treated as unset, as in the Worker. */
const variable = (environment: Environment, name: string): string | undefined =>
  environment[name] === "" ? undefined : environment[name];

/**
 * Returns the port to listen on: `PORT`, or 8776, the default port of Cinder.
 *
 * @throws CliError if `PORT` is not a port
 */
export function port(environment: Environment = process.env): number {
  return parsePort("PORT", variable(environment, "PORT") ?? "8776", 1);
}

/**
 * Parses a port.
 *
 * @param name where the value comes from
 * @param lowest 0 if the operating system may choose
 * @throws CliError if it is not a port
 */
export function parsePort(name: string, value: string, lowest: 0 | 1): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < lowest || number > 65535) {
    throw new CliError(`${name} must be a number from ${lowest} to 65535, not "${value}".`);
  }
  return number;
}

/** Returns the address to listen on: `HOST`, or the loopback interface. */
export function host(environment: Environment = process.env): string {
  return variable(environment, "HOST") ?? "127.0.0.1";
}

/** Returns the absolute path of the data folder, `DATA_DIR`; undefined if it is not set. */
export function dataFolder(environment: Environment = process.env): string | undefined {
  const folder = variable(environment, "DATA_DIR");
  return folder === undefined ? undefined : path.resolve(folder);
}

/** Returns the data folder of `npm run serve`. */
export const serveFolder = (): string => dataFolder() ?? path.join(projectFolder, ".data");

/** Returns the data folder of `npm start`. */
export const startFolder = (): string => dataFolder() ?? path.join(projectFolder, ".data/start");

/**
 * Returns how `npm run serve` writes to a file: `SYNC_WRITES` and `CHECKPOINTS`, both on by default.
 *
 * @throws CliError if one of them is neither on nor off
 */
export const writeOptions = (environment: Environment = process.env): FileOptions => ({
  syncsWrites: isOn("SYNC_WRITES", environment),
  checkpoints: isOn("CHECKPOINTS", environment),
});

function isOn(name: string, environment: Environment): boolean {
  const value = variable(environment, name) ?? "on";
  if (value !== "on" && value !== "off") throw new CliError(`${name} must be on or off, not "${value}".`);
  return value === "on";
}

/** The first file descriptor that a parent passes on, as systemd does (`sd_listen_fds`). */
const FIRST_LISTEN_FD = 3;

/**
 * Returns the file descriptor of the listening socket that the parent of this process has passed on, as systemd does;
 * undefined if it has not.
 *
 * @throws CliError if there are several
 */
export function inheritedSocket(environment: Environment = process.env): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = environment;
  if (LISTEN_PID !== String(process.pid) || LISTEN_FDS === undefined) return undefined;
  if (LISTEN_FDS !== "1") throw new CliError(`LISTEN_FDS must be 1, not "${LISTEN_FDS}".`);
  return FIRST_LISTEN_FD;
}

/**
 * Returns the Worker's variables in an environment, which can contain others. Those of the regions are among them.
 *
 * @param vars the variables in `wrangler.toml`: they name the regions if the environment does not
 */
export function workerVariables(
  vars: Environment = {},
  environment: Environment = process.env,
): Record<string, string> {
  const regions = splitRegions(variable(environment, "REGIONS") ?? vars.REGIONS);
  return Object.fromEntries(
    [...CONFIGURATION_VARIABLES, ...regionalVariables(regions)].flatMap((name) => {
      const value = variable(environment, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * Asserts that the Worker accepts its variables, before anything is started. The database is not checked: the command
 * provides one.
 *
 * @throws CliError that names each variable that is missing or invalid
 */
export function assertValidVariables(variables: Readonly<Record<string, string>>): void {
  try {
    deployment({ ...placeholderDatabases(splitRegions(variables.REGIONS)), ...variables });
  } catch (error) {
    throw error instanceof ConfigurationError ? new CliError(error.message) : error;
  }
}

/** Returns a URL of a database for each region, for a check of everything but the databases. */
export const placeholderDatabases = (regions: readonly string[]): Record<string, string> =>
  regions.length === 0
    ? { LIBSQL_URL: "https://database.invalid" }
    : Object.fromEntries(
        regions.map((name) => [regionalName("LIBSQL_URL", name), `https://${name.toLowerCase()}.invalid`]),
      );

/** Creates a folder that only this user can read. It is deleted when this process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
