import { loadavg } from "node:os";
import { formatGoal, formatTable } from "../../measure/bench/report/markdown.ts";
import { currentEnvironment } from "../../measure/bench/results.ts";
import { writeSection } from "../../support/document_section.ts";
import type { Experience } from "./innocent.ts";

/** The effect of an attack, and the responses to the innocent client meanwhile. */
export interface Outcome extends Experience {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly failed: boolean;
  /** The peak of the service's resident memory, MB; undefined if it is not known. */
  readonly megabytes: number | undefined;
}

/** The goals for the innocent client and the memory. */
const GOALS = { p99: 250, megabytes: 250 };

/**
 * Prints the outcomes as a table, and writes it into docs/reliability.md.
 *
 * @param options.documented whether all attacks ran, and the table goes into the document
 * @returns the names of the attacks that have succeeded, or that the innocent client noticed
 */
export function writeReport(
  outcomes: readonly Outcome[],
  { database, documented }: { readonly database: string; readonly documented: boolean },
): string[] {
  const { date, machine } = currentEnvironment();
  const missed = (name: keyof typeof GOALS) =>
    outcomes.filter((outcome) => (outcome[name] ?? 0) > GOALS[name]).length;
  const goals = (["p99", "megabytes"] as const).map((name) => {
    const count = missed(name);
    return `${name === "p99" ? "p99" : "memory"} ≤ ${GOALS[name]} ${name === "p99" ? "ms" : "MB"}: ${formatGoal(count === 0)}${count === 0 ? "" : ` by ${count}`}`;
  });
  const text = [
    `${database === "D1" ? "`npm run dev` on D1" : "`npm run serve`"}, ${date}, ${machine}, load average ${(loadavg()[1] ?? 0).toFixed(1)}. Goals: ${goals.join("; ")}.`,
    formatTable(
      [
        "Attack",
        "Before",
        "Now",
        "Innocent client: requests",
        "Refused",
        "p99, ms",
        "Longest, ms",
        "Memory, MB",
      ],
      outcomes.map((outcome) => [
        outcome.name,
        outcome.before,
        outcome.failed ? `**${outcome.after}**` : outcome.after,
        String(outcome.requests),
        String(outcome.failures),
        outcome.p99.toFixed(0),
        outcome.longest.toFixed(0),
        outcome.megabytes?.toFixed(0) ?? "",
      ]),
    ),
  ].join("\n\n");
  console.log(text);
  if (documented) writeSection("docs/reliability.md", `npm run test:attack, ${database}`, text);
  return outcomes
    .filter(
      ({ failed, failures, p99, megabytes = 0 }) =>
        failed || failures > 0 || (database !== "D1" && (p99 > GOALS.p99 || megabytes > GOALS.megabytes)),
    )
    .map(({ name }) => name);
}
