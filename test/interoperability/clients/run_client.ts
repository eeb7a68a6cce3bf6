import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../../src/cli/settings/settings.ts";

/** The home directory of the clients, so that they do not read the developer's own configuration. */
export const HOME = path.join(projectFolder, ".data/clients/home");
/** A client that hangs is killed after this time, in milliseconds. */
const TIMEOUT_MS = 100_000;

/** The failure of a client: the exit code and output of a command, or the type and text of an exception. */
export type Failure = Readonly<Record<string, unknown>>;

/** A client has failed. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly failure: Failure;

  constructor(command: string, failure: Failure) {
    super(`${command}\n${JSON.stringify(failure, undefined, 2)}`);
    this.failure = failure;
  }
}

interface Exit {
  /** Null if a signal ended the program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @param env all environment variables of the program, except for `PATH`, `HOME` and `LANG`
 * @throws Error if the program cannot be started
 */
async function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Exit> {
  mkdirSync(HOME, { recursive: true });
  const child = spawn(file, args, {
    cwd: HOME,
    env: { PATH: process.env.PATH, HOME, LANG: "C.UTF-8", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout, stderr };
}

/**
 * Runs a command-line client.
 *
 * @param env its environment variables
 * @returns its standard output
 * @throws ClientError with the exit code and the output, in which `<req>` replaces each request id
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, env);
  if (code === 0) return stdout;
  const normalize = (text: string) => text.trim().replaceAll(/\breq-[0-9a-f-]{36}/g, "<req>");
  throw new ClientError([path.basename(file), ...args].join(" "), {
    "exit code": code,
    stderr: normalize(stderr),
    ...(stdout !== "" && { stdout: normalize(stdout) }),
  });
}

/**
 * Runs a program that calls one function of a library. The program prints the result as JSON, or the type and message
 * of the error as JSON to standard error.
 *
 * @param env its environment variables
 * @returns the result
 * @throws ClientError with the error
 */
export async function callLibrary(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { code, stdout, stderr } = await run(file, args, env);
  if (code === 0) return JSON.parse(stdout);
  throw new ClientError(args.join(" "), parseFailure(stderr));
}

/** Parses the error that a program has printed. If the program crashed, it returns the output as it is. */
function parseFailure(stderr: string): Failure {
  try {
    return JSON.parse(stderr);
  } catch {
    return { stderr };
  }
}
