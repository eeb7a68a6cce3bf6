import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONFIGURATION_VARIABLES, ConfigurationError, configuration } from "../../config.ts";
import { UsageError } from "../processes/supervise.ts";

/** Where `package.json` and `wrangler.toml` are. */
export const projectFolder = path.resolve(import.meta.dirname, "../../..");

type Environment = Readonly<Record<string, string | undefined>>;

/** One of our own variables; nothing if it is set to nothing, as the Worker too sees it. */
const setting = (environment: Environment, name: string): string | undefined =>
  environment[name] === "" ? undefined : environment[name];

/**
 * The port to listen on: `PORT`, or 8776, Cinder's own.
 *
 * @throws UsageError if it is no port
 */
export function port(environment: Environment = process.env): number {
  const value = setting(environment, "PORT") ?? "8776";
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 65535) {
    throw new UsageError(`PORT must be a number from 1 to 65535, not "${value}".`);
  }
  return number;
}

/** The address to listen on: `HOST`, or the loopback interface alone. */
export function host(environment: Environment = process.env): string {
  return setting(environment, "HOST") ?? "127.0.0.1";
}

/** The folder that `DATA_DIR` names, to keep the data in, as an absolute path. */
export function dataFolder(environment: Environment = process.env): string | undefined {
  const folder = setting(environment, "DATA_DIR");
  return folder === undefined ? undefined : path.resolve(folder);
}

/** Those of the Worker's variables that an environment holds. */
export function workerVariables(environment: Environment = process.env): Record<string, string> {
  return Object.fromEntries(
    CONFIGURATION_VARIABLES.flatMap((name) => {
      const value = setting(environment, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * Makes sure that the Worker will take its variables, before anything is started in vain. It needs no database for
 * that: there will be one.
 *
 * @throws UsageError naming each variable that is missing or wrong
 */
export function assertAccepted(variables: Readonly<Record<string, string>>): void {
  try {
    configuration({ LIBSQL_URL: "https://database.invalid", ...variables });
  } catch (error) {
    throw error instanceof ConfigurationError ? new UsageError(error.message) : error;
  }
}

/** A new folder that this user alone can read. It goes when this process does. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
