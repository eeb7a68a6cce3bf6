import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../errors.ts";
import { supervise } from "../processes/supervise.ts";
import { projectFolder } from "../settings/settings.ts";
import { releaseNotes } from "./changelog.ts";

// npm run release:notes -- TAG: prints the section of a version in CHANGELOG.md, the release notes. Fails if the tag is
// not the version of package.json.

await supervise("command", async () => {
  const tag = process.argv[2] ?? "";
  const read = (file: string) => readFileSync(path.join(projectFolder, file), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));
  if (tag.replace(/^v/, "") !== version) {
    throw new CliError(`the tag is ${tag}, but package.json has the version ${version}.`);
  }
  console.log(releaseNotes(read("CHANGELOG.md"), version));
  return undefined;
});
