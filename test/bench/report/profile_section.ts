import type { Results } from "../results.ts";
import { formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** The names of V8 for what is not a function of the bundle. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "(program)": "workerd outside JavaScript: HTTP, connections, the event loop",
  "(native)": "workerd's implementations of Web APIs without a name",
  "(garbage collector)": "V8's garbage collector",
};
const IDLE = "(idle)";
/** Smaller parts are added up, milliseconds. */
const MIN_MS = 0.003;

/** Formats what a show costs by part. */
export function profileSection({ profile }: Results): Section {
  if (profile === undefined) return NO_SECTION;
  const { connections, cpuMs, cpuMsUnlogged, parts, date, machine } = profile;
  const busy = parts.filter(({ part }) => part !== IDLE);
  const total = busy.reduce((sum, { ms }) => sum + ms, 0);
  const shown = busy.filter(({ ms }) => ms >= MIN_MS);
  const rest = total - shown.reduce((sum, { ms }) => sum + ms, 0);
  const row = (name: string, ms: number) => [name, ms.toFixed(3), `${((ms / total) * 100).toFixed(0)} %`];
  return {
    paragraphs: [
      "## Profile of a show",
      `${date}, ${machine}.`,
      `V8's sampling profiler, through the inspector of \`workerd\`, with ${connections} connections. A name without parentheses is a package of the bundle, a folder of \`src/\`, or a Web API of workerd; \`src/\` stands for what its code does by itself, without the functions that it calls. With the profiler, a show takes ${cpuMs.toFixed(2)} ms of CPU time in \`workerd\`, and ${cpuMsUnlogged.toFixed(2)} ms with \`LOG_REQUESTS=errors\`. \`npm run bench -- profile\` makes this table.`,
      formatTable(
        ["Part", "ms per show", "Share"],
        [
          ...shown.map(({ part, ms }) => row(EXPLAINED[part] ?? `\`${part}\``, ms)),
          row(`${busy.length - shown.length} smaller parts`, rest),
        ],
      ),
    ],
  };
}
