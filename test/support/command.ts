import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { freePort } from "./free_port.ts";
import { KillableProcess } from "./killable_process.ts";

const run = promisify(execFile);

const argsOf = (command: string, program = "src/cli/run.js"): string[] => [program, command];

/**
 * Runs one of the project's commands, and returns its exit code and output.
 *
 * @param program the file of the program that has the command
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  program?: string,
): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [...argsOf(command, program), ...args], {
      cwd: projectFolder,
      env: { ...process.env, ...env },
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "stdout" in error && "stderr" in error)) throw error;
    return { code: Number(error.code), output: `${error.stdout}${error.stderr}` };
  }
}

/** A command that runs until a signal ends it. */
export function spawnCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): KillableProcess {
  return new KillableProcess({
    title: command,
    file: process.execPath,
    args: [...argsOf(command), ...args],
    cwd: projectFolder,
    env,
  });
}

/** The service as one of the project's commands has started it. */
export interface CommandService {
  readonly url: string;
  readonly process: KillableProcess;
  /** Sends a signal, SIGTERM by default, and returns the exit code after the command has ended. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/**
 * Runs `npm start`, `npm run serve` or `npm run dev`, with AUTH_STRATEGY=noauth on a free port unless the environment says otherwise.
 * Returns once the command reports that the service is ready.
 *
 * @throws Error with the output of the command if it ends instead
 */
export async function startCommand(
  command: "start" | "serve" | "dev",
  env: Readonly<Record<string, string>>,
): Promise<CommandService> {
  const PORT = String(await freePort());
  const process = spawnCommand(command, [], { AUTH_STRATEGY: "noauth", PORT, ...env });
  const exited = process.exited().then((code) => {
    throw new Error(`${command} has ended with ${code}:\n${process.lines.join("\n")}`);
  });
  const url = await Promise.race([process.untilLine(/^volume-transfers: ready on (\S+)$/), exited]);
  return { url, process, stop: (signal = "SIGTERM") => process.kill(signal) };
}
