import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../src/cli/settings/settings.ts";

/** The home of whoever runs the clients: configuration that lies in the real one is nothing to them. */
const HOME = path.join(projectFolder, ".data/clients/home");
/** How long a client may take, in milliseconds; one that hangs must not outlive the tests. */
const PATIENCE = 100_000;

/** What a client showed of a failure: a command's exit code and message, an exception's type and text. */
export type Shown = Readonly<Record<string, unknown>>;

/** A client did not do what it was asked. */
export class ClientFailed extends Error {
  override readonly name = "ClientFailed";
  readonly shown: Shown;

  constructor(command: string, shown: Shown) {
    super(`${command}\n${JSON.stringify(shown, undefined, 2)}`);
    this.shown = shown;
  }
}

/** How a program ended, and what it printed. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a client to its end.
 *
 * @param env all the variables that it is told, but for `PATH`, `HOME` and `LANG`
 * @throws Error if it cannot be started
 */
async function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  mkdirSync(HOME, { recursive: true });
  const child = spawn(file, args, {
    cwd: HOME,
    env: { PATH: process.env.PATH, HOME, LANG: "C.UTF-8", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE,
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
 * Runs a command for a person, who sees its text and its exit code.
 *
 * @returns what it wrote to standard output
 * @throws ClientFailed with the exit code and what it wrote, where each request id reads `<req>`
 */
export async function command(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, env);
  if (code === 0) return stdout;
  const said = (text: string) => text.trim().replaceAll(/\breq-[0-9a-f-]{36}/g, "<req>");
  throw new ClientFailed([path.basename(file), ...args].join(" "), {
    "exit code": code,
    stderr: said(stderr),
    ...(stdout !== "" && { stdout: said(stdout) }),
  });
}

/**
 * Runs a program that calls a library and prints, as JSON, what that returned, or the error: its type and message.
 *
 * @throws ClientFailed with the error
 */
export async function callLibrary(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { code, stdout, stderr } = await run(file, args, env);
  if (code === 0) return JSON.parse(stdout);
  throw new ClientFailed(args.join(" "), failureOf(stderr));
}

/** The error that such a program printed; or, as it is, what it printed instead: it broke. */
function failureOf(stderr: string): Shown {
  try {
    return JSON.parse(stderr);
  } catch {
    return { stderr };
  }
}
