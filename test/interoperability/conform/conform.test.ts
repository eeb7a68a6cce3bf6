import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { runCommand } from "../../support/command.ts";
import { readSection, writeSection } from "../../support/document_section.ts";
import { installCinder, VERSIONS } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";

const DOCUMENT = "docs/conform.md";
const COMMAND = "WRITE_DOCS=1 npm run test:conform";
/** The longest time that a run may take, seconds. */
const MAX_SECONDS = 300;

const reportSchema = z.object({
  results: z.array(
    z.object({ id: z.string(), statement: z.string(), outcome: z.string(), reason: z.string().optional() }),
  ),
  left_behind: z.array(z.string()),
});

const newProject = () => crypto.randomUUID().replaceAll("-", "");

/** Judges a Cinder, and returns the report and how long that took, seconds. */
async function judge(url: string) {
  const started = performance.now();
  const { output } = await runCommand("conform", [url, "--json"], {
    OS_TOKEN: `alice:${newProject()}`,
    OTHER_OS_TOKEN: `bob:${newProject()}`,
    ADMIN_OS_TOKEN: `root:${newProject()}:admin`,
  });
  const report = reportSchema.parse(JSON.parse(output.slice(0, output.lastIndexOf("}") + 1)));
  return { ...report, seconds: (performance.now() - started) / 1000 };
}

describe("a real Cinder", () => {
  /** The versions that break each rule. */
  const broken = new Map<string, string[]>();
  let processes: Processes | undefined;
  afterAll(() => processes?.stop());

  it.each(VERSIONS)("of version %s is judged within five minutes, with every rule", async (version) => {
    processes = new Processes((failure) => console.error(failure.message));
    const { url } = await startCinder(await installCinder(version, processes), processes);
    const { results, left_behind, seconds } = await judge(url);
    await processes.stop();
    console.log(`# Cinder ${version}: ${results.length} rules in ${seconds.toFixed(0)} s`, left_behind);
    for (const { id, statement, outcome } of results) {
      const row = `| \`${id}\` | ${statement} |`;
      if (outcome === "failed") broken.set(row, [...(broken.get(row) ?? []), version]);
    }
    expect(results.filter(({ outcome }) => outcome === "skipped")).toEqual([]);
    expect(seconds).toBeLessThan(MAX_SECONDS);
  });

  it(`breaks the rules that ${DOCUMENT} lists, and no others`, () => {
    const rows = [...broken].map(([row, versions]) => `${row} ${versions.join(", ")} |`);
    const table = [
      "| Rule | What it says | Versions of Cinder that break it |",
      "| --- | --- | --- |",
      ...rows,
    ].join("\n");
    if (process.env.WRITE_DOCS !== undefined) writeSection(DOCUMENT, COMMAND, table);
    expect(readSection(DOCUMENT, COMMAND)).toBe(table);
  });
});
