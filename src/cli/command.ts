import { parseArgs } from "node:util";
import { CliError } from "./errors.ts";
import type { Processes } from "./processes/processes.ts";
import { type ProcessKind, supervise } from "./processes/supervise.ts";

/** A name on a command line, and its description in the help text. */
interface Described<Name extends string> {
  readonly name: Name;
  readonly description: string;
}

/** An argument that is given by its position. */
interface Operand<Name extends string> extends Described<Name> {
  /** The value if it is left out. By default it is required. Only the last operand can have one. */
  readonly fallback?: string;
}

/** An option that takes a value. */
interface ValueOption<Name extends string> extends Described<Name> {
  /** How the help text names the value. */
  readonly value: string;
}

/** The command line of an npm script. */
export interface Syntax<Flag extends string, OperandName extends string, OptionName extends string = never> {
  /** What the user types, such as `npm run backup`. */
  readonly script: string;
  /** What the command does. */
  readonly description: string;
  /** The operands, in order. None by default. */
  readonly operands?: readonly Operand<OperandName>[];
  /** What further arguments are, of which there can be any number. None are allowed by default. */
  readonly rest?: Described<string>;
  /** The options that take no value, without the leading `--`. None by default. */
  readonly flags?: readonly Described<Flag>[];
  /** The options that take a value, without the leading `--`. None by default. */
  readonly options?: readonly ValueOption<OptionName>[];
  /** The environment variables that matter most. */
  readonly variables?: readonly Described<string>[];
}

/** A parsed command line. */
interface CommandLine<Flag extends string, OperandName extends string, OptionName extends string> {
  /** The flags that were set. */
  readonly flags: ReadonlySet<Flag>;
  /** The values of the options that were given. */
  readonly options: ReadonlyMap<OptionName, string>;
  readonly operands: Readonly<Record<OperandName, string>>;
  /** The arguments after the operands. */
  readonly rest: readonly string[];
}

type Work<Flag extends string, OperandName extends string, OptionName extends string> = (
  processes: Processes,
  commandLine: CommandLine<Flag, OperandName, OptionName>,
) => Promise<void>;

/**
 * Runs a command and ends this process: with exit code 0 when the work is done, 1 if it fails (or the code of the
 * `CliError`), and 128 plus the signal's number if a signal interrupts it. `--help` prints the help text instead.
 *
 * @param work starts its child processes with the given `Processes`, so that none outlives the command
 */
export const runCommand = <
  Flag extends string = never,
  OperandName extends string = never,
  OptionName extends string = never,
>(
  syntax: Syntax<Flag, OperandName, OptionName>,
  work: Work<Flag, OperandName, OptionName>,
): Promise<void> => run("command", syntax, work);

/**
 * Runs a service until a signal ends it with exit code 0, or until one of its child processes ends, with exit
 * code 1. `--help` prints the help text instead.
 *
 * @param work starts the service with the given `Processes`; the service continues after `work` has resolved
 */
export const runService = <Flag extends string = never, OperandName extends string = never>(
  syntax: Syntax<Flag, OperandName>,
  work: Work<Flag, OperandName, never>,
): Promise<void> => run("service", syntax, work);

async function run<Flag extends string, OperandName extends string, OptionName extends string>(
  kind: ProcessKind,
  syntax: Syntax<Flag, OperandName, OptionName>,
  work: Work<Flag, OperandName, OptionName>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(formatHelp(syntax));
    return;
  }
  await supervise(kind, async (processes) => work(processes, parseCommandLine(syntax, args)));
}

/**
 * Parses the arguments of a command.
 *
 * @throws CliError if an option is unknown, or an operand is missing or unexpected
 */
function parseCommandLine<Flag extends string, OperandName extends string, OptionName extends string>(
  syntax: Syntax<Flag, OperandName, OptionName>,
  args: readonly string[],
): CommandLine<Flag, OperandName, OptionName> {
  const { flags = [], options = [], operands = [], rest } = syntax;
  try {
    const parsed = parseArgs({
      args: [...args],
      options: Object.fromEntries([
        ...flags.map(({ name }) => [name, { type: "boolean" }] as const),
        ...options.map(({ name }) => [name, { type: "string" }] as const),
      ]),
      allowPositionals: true,
    });
    const values: Readonly<Record<string, unknown>> = parsed.values;
    const { positionals } = parsed;
    const required = operands.filter(({ fallback }) => fallback === undefined).length;
    const tooMany = rest === undefined && positionals.length > operands.length;
    if (positionals.length < required || tooMany) {
      throw new Error("The number of arguments is wrong.");
    }
    return {
      flags: new Set(flags.map(({ name }) => name).filter((name) => values[name] === true)),
      options: new Map(
        options.flatMap(({ name }) => {
          const value = values[name];
          return typeof value === "string" ? [[name, value] as const] : [];
        }),
      ),
      // Object.fromEntries forgets its keys; each operand has a value or a fallback.
      operands: Object.fromEntries(
        operands.map(({ name, fallback }, i) => [name, positionals[i] ?? fallback]),
      ) as Record<OperandName, string>,
      rest: positionals.slice(operands.length),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(`${message}\nUsage: ${formatUsage(syntax)}`);
  }
}

const formatUsage = (syntax: Syntax<string, string, string>): string => {
  const { script, flags = [], options = [], operands = [], rest } = syntax;
  const args = [
    ...operands.map(({ name, fallback }) => (fallback === undefined ? name : `[${name}]`)),
    ...(rest === undefined ? [] : [`[${rest.name}...]`]),
    ...options.map(({ name, value }) => `[--${name} ${value}]`),
    ...flags.map(({ name }) => `[--${name}]`),
  ];
  return args.length === 0 ? script : `${script} -- ${args.join(" ")}`;
};

function formatHelp(syntax: Syntax<string, string, string>): string {
  const { description, flags = [], options = [], operands = [], rest, variables = [] } = syntax;
  const allOptions = [
    ...options.map((option) => ({ ...option, name: `--${option.name} ${option.value}` })),
    ...flags.map((flag) => ({ ...flag, name: `--${flag.name}` })),
    { name: "-h, --help", description: "Print this help." },
  ];
  return [
    `Usage: ${formatUsage(syntax)}`,
    description,
    ...formatSection("Arguments", [...operands, ...(rest === undefined ? [] : [rest])]),
    ...formatSection("Options", allOptions),
    ...formatSection("Environment variables", variables),
  ].join("\n\n");
}

function formatSection(title: string, entries: readonly Described<string>[]): string[] {
  if (entries.length === 0) return [];
  const width = Math.max(...entries.map(({ name }) => name.length)) + 2;
  const lines = entries.map(({ name, description }) => `  ${name.padEnd(width)}${description}`);
  return [`${title}:\n${lines.join("\n")}`];
}
