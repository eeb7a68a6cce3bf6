import { gzipSync } from "node:zlib";
import { buildPage } from "../../../src/cli/assets/page.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";

/** The limit of the page at `/handoff`: its document, script and style sheet, each gzipped, in bytes. */
export const PAGE_BUDGET = 60_000;

/** Returns the gzipped size of each file of the page, in bytes. */
export async function measurePageSize(): Promise<{ readonly name: string; readonly gzipped: number }[]> {
  const { html, assets } = await buildPage(projectFolder);
  const files = [{ name: "handoff", contents: html }, ...assets];
  return files.map(({ name, contents }) => ({ name, gzipped: gzipSync(contents, { level: 9 }).length }));
}
