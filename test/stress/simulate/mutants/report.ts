import { formatTable } from "../../../measure/bench/report/markdown.ts";
import { writeSection } from "../../../support/document_section.ts";
import type { Result } from "./mutant.ts";

/** Writes a summary by folders into docs/reliability.md, and the mutants that were not found. */
export function writeReport(results: readonly Result[], count: number): void {
  const byFolder = Map.groupBy(results, ({ mutant }) => mutant.file.slice(0, mutant.file.lastIndexOf("/")));
  const rows = [...byFolder].map(([folder, those]) => {
    const found = those.filter(({ seed }) => seed !== undefined);
    const seeds = found.map(({ seed = 0 }) => seed).toSorted((a, b) => a - b);
    return [
      `\`${folder}/\``,
      String(those.length),
      String(found.length),
      String(seeds[Math.floor(seeds.length / 2)]),
      String(seeds.at(-1)),
      formatJudges(found),
    ];
  });
  const missed = results.flatMap(({ mutant: { file, breaks, doubledBy }, seed }) =>
    seed === undefined
      ? [`- \`${file}\`, ${breaks}: ${doubledBy === undefined ? "**not found**" : `doubled by ${doubledBy}`}`]
      : [],
  );
  const text = [
    formatTable(["Sources", "Mutants", "Found", "Median of the seeds", "Largest", "Found by"], rows),
    `${results.length} mutants; ${missed.length} not found within ${count} seeds:`,
    missed.join("\n"),
  ];
  writeSection("docs/reliability.md", "npm run simulate -- --mutants", text.join("\n\n"));
}

/** Returns the number of mutants that each judge found: a violation begins with its name. */
function formatJudges(found: readonly Result[]): string {
  const byJudge = Map.groupBy(found, ({ violation }) => violation.split(":", 1)[0] ?? "");
  return [...byJudge]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([judge, those]) => `${judge} ${those.length}`)
    .join(", ");
}
