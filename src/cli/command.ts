import { Argument, Command, CommanderError, Option } from "commander";
import { CliError } from "./errors.ts";
import type { Processes } from "./processes/processes.ts";
import { type ProcessKind, type Stop, supervise } from "./processes/supervise.ts";
import { isPackage } from "./settings/settings.ts";
import { inTermsOfReader } from "./settings/terms.ts";

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

/** The command line of an npm script, and of a subcommand of the package. */
export interface Syntax<Flag extends string, OperandName extends string, OptionName extends string = never> {
  /** What the user of a checkout types, such as `npm run backup`. */
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

type Work<Flag extends string, OperandName extends string, OptionName extends string, Result = void> = (
  processes: Processes,
  commandLine: CommandLine<Flag, OperandName, OptionName>,
) => Promise<Result>;

/**
 * Runs a command and ends this process: with exit code 0 when the work is done, 1 if it fails, and 128 plus the
 * signal's number if a signal interrupts it. `--help` prints the help text instead.
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
): Promise<void> =>
  run("command", syntax, async (processes, commandLine) => {
    await work(processes, commandLine);
    return undefined;
  });

/**
 * Runs a service until a signal ends it with exit code 0, or until one of its child processes ends, with exit
 * code 1. `--help` prints the help text instead.
 *
 * @param work starts the service, its child processes with the given `Processes`. The service continues after `work`
 *   has resolved, until what it returns has stopped it
 */
export const runService = <
  Flag extends string = never,
  OperandName extends string = never,
  OptionName extends string = never,
>(
  syntax: Syntax<Flag, OperandName, OptionName>,
  work: Work<Flag, OperandName, OptionName, Stop | undefined>,
): Promise<void> => run("service", syntax, work);

async function run<Flag extends string, OperandName extends string, OptionName extends string>(
  kind: ProcessKind,
  syntax: Syntax<Flag, OperandName, OptionName>,
  work: Work<Flag, OperandName, OptionName, Stop | undefined>,
): Promise<void> {
  const parser = createParser(syntax);
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    parser.outputHelp();
    return;
  }
  await supervise(kind, async (processes) => work(processes, parseCommandLine(parser, syntax, args)));
}

function createParser(syntax: Syntax<string, string, string>): Command {
  const { description, operands = [], rest, flags = [], options = [], variables = [] } = syntax;
  const parser = new Command(syntax.script)
    .description(description.replaceAll("\n", " "))
    .helpOption("-h, --help", "Print this help.")
    .configureHelp({ styleUsage: (usage) => (isPackage ? usage : usage.replace(" [", " -- [")) })
    // Its errors are part of the CliError.
    .configureOutput({ writeOut: (text) => console.log(inTermsOfReader(text).trimEnd()), writeErr: () => {} })
    .exitOverride();
  for (const { name, description, fallback } of operands) {
    const argument = new Argument(fallback === undefined ? `<${name}>` : `[${name}]`, description);
    parser.addArgument(fallback === undefined ? argument : argument.default(fallback));
  }
  if (rest !== undefined) parser.argument(`[${rest.name}...]`, rest.description);
  for (const { name, value, description } of options) {
    parser.addOption(new Option(`--${name} <${value}>`, description));
  }
  for (const { name, description } of flags) parser.addOption(new Option(`--${name}`, description));
  if (variables.length > 0) parser.addHelpText("after", `\n${formatVariables(variables)}`);
  return parser;
}

/**
 * Parses the arguments of a command.
 *
 * @throws CliError if an option is unknown, or an operand is missing or unexpected
 */
function parseCommandLine<Flag extends string, OperandName extends string, OptionName extends string>(
  parser: Command,
  syntax: Syntax<Flag, OperandName, OptionName>,
  args: readonly string[],
): CommandLine<Flag, OperandName, OptionName> {
  const { flags = [], options = [], operands = [] } = syntax;
  try {
    parser.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new CliError(`${error.message.replace(/^error: /, "")}\n${usageLine(parser)}`);
  }
  // The names that commander gives to options are in camel case.
  const given = new Map(
    parser.options.map((option) => [option.long, parser.getOptionValue(option.attributeName())]),
  );
  return {
    flags: new Set(flags.map(({ name }) => name).filter((name) => given.get(`--${name}`) === true)),
    options: new Map(
      options.flatMap(({ name }) => {
        const value: unknown = given.get(`--${name}`);
        return typeof value === "string" ? [[name, value] as const] : [];
      }),
    ),
    // Object.fromEntries forgets its keys; each operand has a value or a fallback.
    operands: Object.fromEntries(
      operands.map(({ name, fallback }, i) => [name, parser.args[i] ?? fallback]),
    ) as Record<OperandName, string>,
    rest: parser.args.slice(operands.length),
  };
}

const usageLine = (parser: Command): string => parser.helpInformation().split("\n", 1)[0] ?? "";

function formatVariables(variables: readonly Described<string>[]): string {
  const width = Math.max(...variables.map(({ name }) => name.length)) + 2;
  const lines = variables.map(({ name, description }) => `  ${name.padEnd(width)}${description}`);
  return `Environment variables:\n${lines.join("\n")}`;
}
