import { stripVTControlCharacters } from "node:util";
import type { OutputFilter } from "../processes/processes.ts";

/**
 * Returns a filter for the output of `wrangler dev`. It keeps the log lines of the Worker, which are JSON, and the
 * errors of wrangler, and removes wrangler's banner, warnings and request log.
 */
export function workerLogFilter(): OutputFilter {
  let isWarning = false;
  return {
    stdout: (line) => line.startsWith("{"),
    stderr: (line) => {
      // A message has several lines. The first begins with a symbol of its severity.
      const severity = /^([▲✘]) \[(?:WARNING|ERROR)\]/.exec(stripVTControlCharacters(line))?.[1];
      if (severity !== undefined) isWarning = severity === "▲";
      return !isWarning;
    },
  };
}
