import { parseArgs } from "node:util";
import { CliError } from "../../../src/cli/errors.ts";

/** The parts of the benchmark, in the order in which they run. */
const PARTS = ["bundle-size", "throughput", "shares", "delivery", "remote", "growth", "profile"] as const;
/** The parts that run only if they are named: `pocketbase` needs Go, and `cinder` Debian 12 and root. */
const NAMED_PARTS = ["pocketbase", "cinder"] as const;
const ALL_PARTS = [...PARTS, ...NAMED_PARTS];
export type Part = (typeof ALL_PARTS)[number];

export interface Arguments {
  readonly parts: readonly Part[];
  /** Whether to run for a short time, and to leave the documents as they are. */
  readonly quick: boolean;
}

/**
 * Parses the arguments of `npm run bench`: the names of parts, by default all but those that need more than
 * Node, `--quick`, and `--report`, which measures nothing and writes the report from the last results.
 *
 * @throws CliError if an argument is unknown
 */
export function parseArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { quick: { type: "boolean" }, report: { type: "boolean" } },
    });
    return { parts: values.report ? [] : selectParts(positionals), quick: values.quick ?? false };
  } catch (error) {
    if (error instanceof TypeError) throw new CliError(error.message);
    throw error;
  }
}

function selectParts(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !ALL_PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new CliError(`unknown part ${unknown}; use ${ALL_PARTS.join(", ")}.`);
  return names.length === 0 ? PARTS : ALL_PARTS.filter((part) => names.includes(part));
}
