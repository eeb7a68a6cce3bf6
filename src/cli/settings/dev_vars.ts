import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { UsageError } from "../processes/supervise.ts";
import { projectFolder, temporaryFolder, workerVariables } from "./settings.ts";

/** The Worker's variables in `.dev.vars`, which is what `wrangler dev` reads when it is run by hand. */
export function devVars(): Record<string, string> {
  const file = path.join(projectFolder, ".dev.vars");
  return existsSync(file) ? workerVariables(parseEnv(readFileSync(file, "utf8"))) : {};
}

/**
 * Writes variables to a file for `wrangler dev --env-file`, which it reads instead of `.dev.vars`. Unlike its
 * `--var`, this shows no secret to whoever lists the machine's processes.
 *
 * @returns the file's path; it is for its owner's eyes, and goes when this process does
 * @throws UsageError if a value cannot be written in such a file
 */
export function writeEnvFile(variables: Readonly<Record<string, string>>): string {
  const file = path.join(temporaryFolder(), "variables");
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(name, value)}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

/** A value as dotenv and dotenv-expand, which wrangler reads such files with, take it for what it is. */
function quoted(name: string, value: string): string {
  const quote = ["'", "`"].find((mark) => !value.includes(mark));
  if (quote === undefined || value.endsWith("\\")) {
    throw new UsageError(`${name}: wrangler dev takes no value that has both ' and \`, or that ends in \\.`);
  }
  return quote + value.replaceAll("$", "\\$") + quote;
}
