import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { projectFolder } from "../settings/settings.ts";
import { releaseChanges } from "./changelog.ts";
import { installCommand } from "./install_command.ts";

/** Replaces the content of a file of the project. */
function rewrite(file: string, change: (text: string) => string): void {
  const name = path.join(projectFolder, file);
  writeFileSync(name, change(readFileSync(name, "utf8")));
}

/**
 * Writes the version of package.json to src/http/version.ts and the documents, and that of a release to CHANGELOG.md, too.
 * `npm version` runs it before it commits.
 */
export async function setVersion(): Promise<void> {
  const manifest = readFileSync(path.join(projectFolder, "package.json"), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const today = new Date().toISOString().slice(0, 10);
  rewrite("src/http/version.ts", (text) => text.replace(/VERSION = ".*"/, `VERSION = "${version}"`));
  for (const document of ["README.md", "docs/package.md"])
    rewrite(document, (text) => installCommand(text, version));
  if (!version.includes("-")) rewrite("CHANGELOG.md", (text) => releaseChanges(text, version, today));
}
