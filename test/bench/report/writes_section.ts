import type { Results } from "../results.ts";
import { formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Formats what the statements of a create and of an accept cost sqld. */
export function writesSection({ writes }: Results): Section {
  if (writes === undefined) return NO_SECTION;
  const { sqldCpuMs, statements, together, date, machine } = writes;
  const total = (write: string) =>
    statements.filter((one) => one.write === write).reduce((sum, { ms }) => sum + ms, 0);
  const mean = (total("create") + total("accept")) / 2;
  return {
    paragraphs: [
      "## Profile of a create and an accept",
      `${date}, ${machine}.`,
      `The statements of one request after another, as \`sqld\` reports them: the time in which SQLite compiles a statement and executes it. \`sqld\` keeps no compiled statement, so it compiles each one anew, and before that parses its text with a parser of its own, also if the stream has stored the text. On average a create and an accept take ${sqldCpuMs.toFixed(2)} ms of CPU time in \`sqld\`, of which ${mean.toFixed(2)} ms are in this table. The rest is its parser, the protocol, the commit and its log of replication.`,
      formatTable(
        ["Request", "Statement", "Characters", "ms"],
        [
          ...statements.map(({ write, statement, characters, ms }) => [
            write,
            statement,
            String(characters),
            ms.toFixed(3),
          ]),
          ["create", "all", "", total("create").toFixed(3)],
          ["accept", "all", "", total("accept").toFixed(3)],
        ],
      ),
      `Of ${together.requests} creates that are sent at once the first is sent alone, and the others in a group; then the accepts likewise. On average each takes ${together.sqldCpuMs.toFixed(2)} ms of CPU time in \`sqld\`. SQLite takes ${together.ms.create.toFixed(3)} ms for a create, and ${together.ms.accept.toFixed(3)} ms for an accept.`,
    ],
  };
}
