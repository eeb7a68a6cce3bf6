import { printable } from "../printable.ts";
import type { Verdict } from "./judge.ts";

/** The verdicts of a run, and what it could not remove. */
export interface Report {
  readonly url: string;
  /** The newest microversion of the endpoint. */
  readonly newest: string;
  readonly verdicts: readonly Verdict[];
  readonly left: readonly string[];
}

/** Returns the number of verdicts of each kind. */
export function countVerdicts(verdicts: readonly Verdict[]): Readonly<Record<Verdict["outcome"], number>> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { outcome } of verdicts) count[outcome]++;
  return count;
}

/** Formats a verdict for the terminal. */
export function formatVerdict(verdict: Verdict): string {
  const { id, statement, source } = verdict.rule;
  switch (verdict.outcome) {
    case "passed":
      return `pass  ${id}: ${statement}.`;
    case "skipped":
      return `skip  ${id}: ${statement}.\n      reason:   ${printable(verdict.reason)}`;
    case "failed":
      return [`FAIL  ${id}: ${statement}.`, ...detailsOf(verdict, source)].join("\n      ");
  }
}

/** Returns the lines that explain a failure. */
function detailsOf(failure: Verdict & { readonly outcome: "failed" }, source: string): readonly string[] {
  const { expected, got, request } = failure;
  return [
    `expected: ${expected}`,
    `got:      ${printable(got)}`,
    ...(request === undefined ? [] : [`request:  ${request}`]),
    `source:   ${source}`,
  ];
}

/** Formats the last line of a report. */
export function formatSummary({ url, newest, verdicts }: Report): string {
  const { passed, failed, skipped } = countVerdicts(verdicts);
  return `${url} (newest microversion ${newest}): ${passed} rules passed, ${failed} failed, ${skipped} were skipped.`;
}

/** Formats a report as JSON. */
export function formatJson({ url, newest, verdicts, left }: Report): string {
  const results = verdicts.map(({ rule: { id, statement, source }, ...result }) => ({
    id,
    statement,
    source,
    ...result,
  }));
  const report = { url, newest_microversion: newest, ...countVerdicts(verdicts), results, left_behind: left };
  return JSON.stringify(report, undefined, 2);
}

/** Formats a report as JUnit XML. */
export function formatJunit({ url, verdicts }: Report): string {
  const { failed, skipped } = countVerdicts(verdicts);
  const seconds = verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0).toFixed(3);
  const counts = `tests="${verdicts.length}" failures="${failed}" errors="0" skipped="${skipped}" time="${seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="volume-transfers conform" ${counts}>`,
    `  <testsuite name="${xml(url)}" ${counts}>`,
    ...verdicts.map(testCase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(verdict: Verdict): string {
  const { rule, seconds } = verdict;
  const [group = ""] = rule.id.split("/", 1);
  const name = `classname="${xml(group)}" name="${xml(`${rule.id}: ${rule.statement}`)}"`;
  const start = `    <testcase ${name} time="${seconds.toFixed(3)}"`;
  switch (verdict.outcome) {
    case "passed":
      return `${start}/>`;
    case "skipped":
      return `${start}><skipped message="${xml(verdict.reason)}"/></testcase>`;
    case "failed": {
      const message = `expected ${verdict.expected}, got ${verdict.got}`;
      const details = detailsOf(verdict, rule.source).join("\n");
      return `${start}><failure message="${xml(message)}">${xml(details)}</failure></testcase>`;
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes a text for XML, without the characters that XML cannot have. */
const xml = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>"]/g, (char) => ENTITIES[char] ?? "");
