import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../src/cli/settings/settings.ts";

const END = "<!-- end -->";

/**
 * Replaces the section of a document that a command writes: the text between the comment `<!-- COMMAND -->` and
 * `<!-- end -->`.
 *
 * @param document relative to the project's folder
 * @throws Error if the document has no such section
 */
export function writeSection(document: string, command: string, text: string): void {
  const file = path.join(projectFolder, document);
  const begin = `<!-- ${command} -->\n`;
  const [before, rest] = readFileSync(file, "utf8").split(begin);
  if (before === undefined || rest === undefined) throw new Error(`${document} has no section ${command}`);
  writeFileSync(file, `${before}${begin}\n${text}\n\n${rest.slice(rest.indexOf(END))}`);
}
