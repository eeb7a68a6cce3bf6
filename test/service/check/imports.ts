import { text } from "node:stream/consumers";
import * as z from "zod";
import { LEVELS } from "../../../.config/dependency-cruiser.ts";
import { readSection, writeSection } from "../../support/document_section.ts";

// Reports what dependency-cruiser has found, as JSON on standard input, and counts the modules of src and the imports
// between them: above the limits it fails. With --write it writes the table of modules in docs/architecture.md; without,
// it fails if the table is not that of the rules.

const DOCUMENT = "docs/architecture.md";
const COMMAND = "npm run check:imports -- --write";

/** A module or an import above these makes the code harder to follow. Remove another instead of raising the limit. */
const MAX_MODULES = 21;
const MAX_IMPORTS = 85;

const found = z.object({
  modules: z.array(
    z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) }),
  ),
  summary: z.object({
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string() }),
        cycle: z.array(z.object({ name: z.string() })).optional(),
      }),
    ),
  }),
});

/** Returns the module of a file of `src`; undefined for other files. */
const moduleOf = (file: string): string | undefined => /^src\/([^/]+)/.exec(file)?.[1];

const title = (module: string): string => `\`${module}${module.endsWith(".ts") ? "" : "/"}\``;

/** Returns the table of modules: a row for each, and the level below which it may import. */
const moduleTable = (): string =>
  [
    "| Level | Module | Content |",
    "| --- | --- | --- |",
    ...LEVELS.flatMap((level, i) =>
      Object.entries(level).map(([module, content]) => `| ${i + 1} | ${title(module)} | ${content} |`),
    ),
  ].join("\n");

const { modules, summary } = found.parse(JSON.parse(await text(process.stdin)));
for (const { rule, from, to, cycle } of summary.violations) {
  const path = cycle?.map(({ name }) => name).join(" →\n      ") ?? to;
  console.error(`error ${rule.name}: ${from} → ${cycle === undefined ? "" : "\n      "}${path}`);
}
const names = new Set<string>();
const imports = new Set<string>();
for (const { source, dependencies } of modules) {
  const from = moduleOf(source);
  if (from === undefined) continue;
  names.add(from);
  for (const { resolved } of dependencies) {
    const to = moduleOf(resolved);
    if (to !== undefined && from !== to) imports.add(`${from} ${to}`);
  }
}
console.log(`${names.size} modules, ${imports.size} imports between them`);
const tooMany = [
  { rule: "too-many-modules", count: names.size, limit: MAX_MODULES },
  { rule: "too-many-imports", count: imports.size, limit: MAX_IMPORTS },
].filter(({ count, limit }) => count > limit);
for (const { rule, count, limit } of tooMany) console.error(`error ${rule}: ${count} of at most ${limit}`);
if (process.argv.includes("--write")) writeSection(DOCUMENT, COMMAND, moduleTable());
const isCurrent = readSection(DOCUMENT, COMMAND) === moduleTable();
if (!isCurrent) console.error(`The table of modules in ${DOCUMENT} is out of date. Run \`${COMMAND}\`.`);
process.exitCode = summary.violations.length === 0 && tooMany.length === 0 && isCurrent ? 0 : 1;
