import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { projectFolder } from "../settings/settings.ts";
import { releaseNotes } from "./changelog.ts";

/**
 * Prints the section of a version in CHANGELOG.md, the release notes.
 *
 * @throws CliError if the tag is not the version of package.json
 */
export async function printReleaseNotes(_processes: Processes, tag: string): Promise<void> {
  const read = (file: string) => readFileSync(path.join(projectFolder, file), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));
  if (tag.replace(/^v/, "") !== version) {
    throw new CliError(`the tag is ${tag}, but package.json has the version ${version}.`);
  }
  console.log(releaseNotes(read("CHANGELOG.md"), version));
}
