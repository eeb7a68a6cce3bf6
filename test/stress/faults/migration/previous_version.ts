import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inject } from "vitest";
import type { Command } from "../../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../../src/cli/settings/settings.ts";
import { type Deployment, deploy } from "../deployment.ts";

const previous = inject("previousVersion");

/** Why there is no Worker from before migration 0002; undefined if there is one. */
export const unavailable = "unavailable" in previous ? previous.unavailable : undefined;
if (unavailable !== undefined) console.warn(`skipped: ${unavailable}`);

/** Starts the service as it was before migration 0002. */
export async function deployPreviousVersion(): Promise<Deployment> {
  if ("unavailable" in previous) throw new Error(previous.unavailable);
  return deploy({ version: previous });
}

/** Returns the command of `npm run migrate`. */
export const migrateCommand = (url: string): Command & { readonly env: Record<string, string> } => ({
  title: "migrate",
  file: process.execPath,
  args: ["src/cli/commands/migrate.ts"],
  cwd: projectFolder,
  env: { LIBSQL_URL: url },
});

/**
 * Runs `npm run migrate` to its end.
 *
 * @throws Error if it fails
 */
export async function migrate(url: string): Promise<void> {
  const { file, args, cwd, env } = migrateCommand(url);
  await promisify(execFile)(file, args, { cwd, env: { ...process.env, ...env } });
}
