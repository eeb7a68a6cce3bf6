import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { runCommand } from "../command.ts";
import { CliError } from "../errors.ts";
import { projectFolder } from "../settings/settings.ts";
import { releaseNotes } from "./changelog.ts";

const SYNTAX = {
  script: "npm run release:notes",
  description:
    "Prints the section of a version in CHANGELOG.md, the release notes. Fails if it is not the version of package.json.",
  operands: [{ name: "TAG", description: "The version, or its tag, such as v1.0.0." }],
} as const;

await runCommand(SYNTAX, async (_, { operands: { TAG } }) => {
  const read = (file: string) => readFileSync(path.join(projectFolder, file), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));
  if (TAG.replace(/^v/, "") !== version) {
    throw new CliError(`the tag is ${TAG}, but package.json has the version ${version}.`);
  }
  console.log(releaseNotes(read("CHANGELOG.md"), version));
});
