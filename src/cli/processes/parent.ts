import { readFileSync } from "node:fs";

/** The time between two looks, milliseconds. */
const INTERVAL_MS = 500;

/**
 * Calls back when npm, or the shell between it and this process, has ended: neither passes on every signal. Does
 * nothing if npm has not started this process.
 */
export function onNpmEnd(end: () => void): void {
  if (process.env.npm_execpath === undefined) return;
  const begun = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === begun) return;
    clearInterval(timer);
    end();
  }, INTERVAL_MS);
  timer.unref();
}

/** Returns the ids of the parent and, on Linux, of its parent. */
function ancestors(): string {
  const parent = process.ppid;
  try {
    // The fourth field, after a name in parentheses.
    const [, grandparent] = readFileSync(`/proc/${parent}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ", 2);
    return `${parent} ${grandparent}`;
  } catch {
    return String(parent);
  }
}
