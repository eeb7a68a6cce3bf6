import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Returns whether programs of Debian are installed, and says which are missing. */
export function areInstalled(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => spawnSync(program, ["--version"]).error !== undefined);
  if (missing.length > 0) console.warn(`skipped: ${missing.join(" and ")} not installed (apt-get install)`);
  return missing.length === 0;
}

/**
 * Runs a program to its end.
 *
 * @returns what it has written to the standard output
 * @throws Error with its output if it fails
 */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 100_000_000 });
  return stdout.trim();
}
