import type { Results } from "../results.ts";
import { formatTable } from "./markdown.ts";

/** The names of V8 for what is not a function of JavaScript. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "(program)": "Node outside JavaScript: the event loop",
  "(native)": "Node's and libsql's native functions: sockets, the HTTP parser, SQLite",
  "(garbage collector)": "V8's garbage collector",
};
/** Smaller parts are added up, milliseconds. */
const MIN_MS = 0.002;

/** Formats what a show costs by part. */
export function profileSection({ profile }: Results): string[] {
  if (profile === undefined) return [];
  const { connections, parts, date, machine } = profile;
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  const shown = parts.filter(({ ms }) => ms >= MIN_MS);
  const rest = total - shown.reduce((sum, { ms }) => sum + ms, 0);
  const row = (name: string, ms: number) => [name, ms.toFixed(3), `${((ms / total) * 100).toFixed(0)} %`];
  return [
    "## Profile of a show",
    `${date}, ${machine}. V8's sampling profiler, with ${connections} connections. A part is a package, a folder of \`src/\`, or Node, by the time of its own code without that of what it calls.`,
    formatTable(
      ["Part", "ms per show", "Share"],
      [
        ...shown.map(({ part, ms }) => row(EXPLAINED[part] ?? `\`${part}\``, ms)),
        row(`${parts.length - shown.length} smaller parts`, rest),
      ],
    ),
  ];
}
