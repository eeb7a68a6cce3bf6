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
  const [before, , after] = split(document, command);
  writeFileSync(path.join(projectFolder, document), `${before}\n${text}\n\n${after}`);
}

/** Returns the text of such a section. */
export const readSection = (document: string, command: string): string => split(document, command)[1].trim();

function split(document: string, command: string): [before: string, text: string, after: string] {
  const begin = `<!-- ${command} -->\n`;
  const [before, rest] = readFileSync(path.join(projectFolder, document), "utf8").split(begin);
  if (before === undefined || rest === undefined) throw new Error(`${document} has no section ${command}`);
  const end = rest.indexOf(END);
  return [`${before}${begin}`, rest.slice(0, end), rest.slice(end)];
}
