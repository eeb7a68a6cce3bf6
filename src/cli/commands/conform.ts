import { writeFileSync } from "node:fs";
import { type AccessOptions, readAccess } from "../conform/access.ts";
import { FAILED, UNJUDGED } from "../conform/exit_codes.ts";
import type { Verdict } from "../conform/judge.ts";
import { countVerdicts, formatJson, formatJunit, formatSummary, formatVerdict } from "../conform/report.ts";
import { Run } from "../conform/run.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";

interface ConformOptions extends AccessOptions {
  /** The file of the report as JUnit XML. */
  readonly junit?: string | undefined;
  /** Tries only the rules whose name contains this text. */
  readonly only?: string | undefined;
  readonly json?: true | undefined;
  readonly verbose?: true | undefined;
}

/** Judges an endpoint of the API, and prints what it does against the rules. */
export async function conform(processes: Processes, url: string, options: ConformOptions): Promise<void> {
  const run = new Run(await readAccess(url, options));
  // After a signal, too.
  processes.beforeStop(async () => {
    for (const item of await run.cleanUp()) console.error(`volume-transfers: left behind: ${item}`);
  });
  const verdicts: Verdict[] = [];
  for await (const verdict of run.judge(options.only)) {
    verdicts.push(verdict);
    const printed = !options.json && (options.verbose || verdict.outcome === "failed");
    if (printed) console.log(formatVerdict(verdict));
  }
  const report = { url, newest: run.newest, verdicts, left: await run.cleanUp() };
  if (options.junit !== undefined) writeReport(options.junit, formatJunit(report));
  console.log(options.json ? formatJson(report) : formatSummary(report));
  const { failed, passed } = countVerdicts(verdicts);
  if (failed > 0) throw new CliError(`${failed} of ${failed + passed} rules failed.`, FAILED);
}

function writeReport(file: string, report: string): void {
  try {
    writeFileSync(file, report);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`the report could not be written: ${reason}`, UNJUDGED);
  }
}
