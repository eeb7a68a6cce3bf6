import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { CliError } from "../errors.ts";
import { projectFolder, temporaryFolder, workerVariables } from "./settings.ts";

/** Returns the Worker's variables in `.dev.vars`, the file that `wrangler dev` reads by default. */
export function readDevVars(): Record<string, string> {
  const file = path.join(projectFolder, ".dev.vars");
  return existsSync(file) ? workerVariables({}, parseEnv(readFileSync(file, "utf8"))) : {};
}

/**
 * Writes variables to a file for `wrangler dev --env-file`, which replaces `.dev.vars`. Unlike `--var`, a file does
 * not show secrets in the list of processes.
 *
 * @returns the path of the file, which only its owner can read (mode 0600), and which is deleted when this process
 *   ends
 * @throws CliError if a value cannot be represented in such a file
 */
export function writeEnvFile(variables: Readonly<Record<string, string>>): string {
  const file = path.join(temporaryFolder(), "variables");
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(name, value)}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

/** Quotes a value so that dotenv and dotenv-expand, with which wrangler parses the file, return it unchanged. */
function quote(name: string, value: string): string {
  const mark = ["'", "`"].find((candidate) => !value.includes(candidate));
  if (mark === undefined || value.endsWith("\\")) {
    throw new CliError(
      `${name}: wrangler dev cannot read a value that contains both ' and \`, or ends with \\.`,
    );
  }
  return mark + value.replaceAll("$", "\\$") + mark;
}
