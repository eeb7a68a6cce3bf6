import { Argument, Command, Option } from "@commander-js/extra-typings";
import { VERSION } from "../version.ts";
import type { Processes } from "./processes/processes.ts";
import { type Stop, supervise } from "./processes/supervise.ts";
import { commandLine, isPackage, PROGRAM } from "./settings/settings.ts";

// The command lines. What a command imports is loaded when it runs, so that the help is printed at once.

/** Returns an action that runs a command, which ends when its work is done. */
const run =
  <Args extends unknown[]>(load: () => Promise<(processes: Processes, ...args: Args) => Promise<void>>) =>
  (...args: Args): Promise<void> =>
    supervise("command", async (processes) => {
      const work = await load();
      await work(processes, ...args);
      return undefined;
    });

/** Returns an action that runs a service, until a signal ends it. */
const serve =
  <Args extends unknown[]>(
    load: () => Promise<(processes: Processes, ...args: Args) => Promise<Stop | undefined>>,
  ) =>
  (...args: Args): Promise<void> =>
    supervise("service", async (processes) => (await load())(processes, ...args));

const REGION = new Option("--region <NAME>", "One region of REGIONS. By default all, one after the other.");
const LOCAL = new Option("--local", "Use the D1 database of `wrangler dev`.").conflicts("remote");
const REMOTE = new Option("--remote", "Use the deployed D1 database.").conflicts("local");

type Variables = Readonly<Record<string, string>>;

/** The environment variables of several commands. */
const PORT: Variables = { PORT: "The port to listen on, 8776 by default." };
const REGIONS: Variables = {
  REGIONS: "The regions, such as `eu us`. Each has its variables: LIBSQL_URL_EU and so on.",
};
const LOG_REQUESTS: Variables = {
  LOG_REQUESTS: "all, errors (a status of 500 or more, the default) or none.",
};
const DATABASE: Variables = {
  LIBSQL_URL: "Use this libSQL server, or file: and a path. LIBSQL_AUTH_TOKEN is the server's token.",
  DATA_DIR: "Use the database in this data folder of the service.",
  ...REGIONS,
};

/** Formats the environment variables that matter most to a command, for its help. */
function formatVariables(variables: Variables): string {
  const width = Math.max(...Object.keys(variables).map((name) => name.length)) + 2;
  const lines = Object.entries(variables).map(([name, text]) => `  ${name.padEnd(width)}${text}`);
  return `\nEnvironment variables:\n${lines.join("\n")}`;
}

/** Returns the program with its commands: the subcommands of the package, and the npm scripts of a checkout. */
export function createProgram(): Command {
  const program = new Command(isPackage ? PROGRAM : "npm run")
    .description("OpenStack's volume-transfer API as a service of its own.")
    .version(VERSION, "-V, --version", "Print the version.")
    .helpOption("-h, --help", "Print this help.")
    .helpCommand(false)
    .configureHelp({ styleUsage: (usage) => (isPackage ? usage : usage.replace(" [", " -- [")) });
  addServices(program);
  addDeployment(program);
  addDatabaseCommands(program);
  // Not of the commands: they have inherited their settings.
  return program
    .addHelpText("after", `\nRun ${commandLine("COMMAND", "--help")} for the options of a command.`)
    .showHelpAfterError();
}

function addServices(program: Command): void {
  program
    .command("start")
    .summary("serve for a first look and for tests")
    .description(
      "Serves on this machine, for a first look and for tests. With AUTH_STRATEGY=noauth, the default, it creates " +
        "volumes for a demo, unless --fresh or --json is set.",
    )
    .option("--port <number>", "The port to listen on; 0 for any that is free.")
    .option("--fresh", "Use a new database in memory.")
    .option(
      "--json",
      "Print one line of JSON with the URL when the service is ready, and the log on standard error.",
    )
    .option("--stop-with-stdin", "Stop when the standard input ends.")
    .addHelpText(
      "after",
      formatVariables({
        PORT: "The port without --port, 8776 by default.",
        DATA_DIR: "The folder of the database without --fresh, .data/start by default.",
        ...REGIONS,
        ...LOG_REQUESTS,
      }),
    )
    .action(serve(async () => (await import("./commands/start.ts")).start));
  program
    .command("serve")
    .summary("serve on this machine")
    .description(
      "Serves on this machine, with the database in the data folder, or the one that LIBSQL_URL names, for each region. " +
        "Applies pending migrations first.",
    )
    .addHelpText(
      "after",
      formatVariables({
        AUTH_STRATEGY: "keystone, jwt or noauth. docs/configuration.md lists all variables.",
        HOST: "The address to listen on, 127.0.0.1 by default.",
        ...PORT,
        DATA_DIR: "The folder of the database and the secret, .data by default.",
        SYNC_WRITES: "off responds before a write is on disk. By default on.",
        LIBSQL_URL: "Use this file (file:PATH) or libSQL server. LIBSQL_AUTH_TOKEN is the token of a server.",
        ...REGIONS,
      }),
    )
    .action(serve(async () => (await import("./commands/serve.ts")).serve));
  if (isPackage) return;
  program
    .command("dev")
    .summary("serve on wrangler dev")
    .description(
      "Serves the Worker for development on `wrangler dev`, which reloads it when the source changes, with D1 or the " +
        "libSQL server that LIBSQL_URL names. With AUTH_STRATEGY=noauth, the default, it creates volumes for a demo.",
    )
    .addHelpText(
      "after",
      formatVariables({
        ...PORT,
        DATA_DIR: "The folder of the database, .wrangler/state by default.",
        ...REGIONS,
        ...LOG_REQUESTS,
      }),
    )
    .action(serve(async () => (await import("./commands/dev.ts")).dev));
}

function addDeployment(program: Command): void {
  if (isPackage) {
    program
      .command("init")
      .summary("write the wrangler.toml that deploy needs")
      .description(
        "Writes a wrangler.toml that deploys the Worker of the package. Write the id of your D1 database into it, or set " +
          "LIBSQL_URL. An existing file is not overwritten.",
      )
      .action(run(async () => (await import("./commands/init.ts")).init));
  }
  program
    .command("deploy")
    .summary("deploy to Cloudflare")
    .description(
      "Applies the pending migrations and deploys the Worker to Cloudflare. The Worker's variables in the environment " +
        "are uploaded as secrets, and are kept for the next deployment. With --region only that region's database is " +
        "migrated, and the Worker is deployed for all.",
    )
    .addOption(REGION)
    .addHelpText(
      "after",
      formatVariables({
        AUTH_STRATEGY: "keystone or jwt. docs/configuration.md lists all variables.",
        LIBSQL_URL: "Use this libSQL server instead of D1.",
        ...REGIONS,
        CLOUDFLARE_API_TOKEN: "Needed where wrangler cannot open a browser to log in.",
      }),
    )
    .action(run(async () => (await import("./commands/deploy.ts")).deploy));
  program
    .command("check-config")
    .summary("check the configuration for deploy")
    .description(
      "Checks the configuration for a deployment: [vars] in wrangler.toml, and the variables in the environment. Exits " +
        "with code 1 and names the variables that are missing or invalid.",
    )
    .action(run(async () => (await import("./commands/check_config.ts")).checkConfig));
}

function addDatabaseCommands(program: Command): void {
  const databaseCommand = (name: string) =>
    program.command(name).addOption(LOCAL).addOption(REMOTE).addHelpText("after", formatVariables(DATABASE));

  databaseCommand("migrate")
    .summary("apply the pending migrations")
    .description(
      "Applies the pending migrations. The service does so itself when it starts, except on Cloudflare.",
    )
    .addOption(REGION)
    .action(run(async () => (await import("./commands/migrate.ts")).migrate));
  databaseCommand("fsck")
    .summary("check the database")
    .description(
      "Checks that the schema and the rows of the database are what this service makes. It only reads, and the service " +
        "can keep running. Exits with code 1 and a list of the violations if there are any.",
    )
    .option("--strict", "Exit with code 1 for a notice, too.")
    .addOption(REGION)
    .action(run(async () => (await import("./commands/fsck.ts")).fsck));
  databaseCommand("events")
    .summary("show and repeat the deliveries of events")
    .description(
      "Shows the deliveries of events to webhooks and the queue (docs/events.md), and repeats those that are dead.",
    )
    .addArgument(
      new Argument(
        "<ACTION>",
        "list: the endpoints. dead: the events that are not sent again. redeliver: send dead events again, and start " +
          "endpoints that returned 410.",
      ).choices(["list", "dead", "redeliver"] as const),
    )
    .argument("[ID]", "redeliver: the ID of an event. By default all that are dead.")
    .addOption(REGION)
    .action(run(async () => (await import("./commands/events.ts")).events));
  databaseCommand("import")
    .summary("import the volumes of a Cinder")
    .description(
      "Imports the volumes, snapshots and volume types of a Cinder, from files with what its API responds to an admin " +
        "(volumes/detail?all_tenants=1, snapshots/detail?all_tenants=1, types), or from the Cinder itself. It can be " +
        "repeated: it updates what has changed there since, and keeps the owner of a volume that was handed over here. " +
        "The service can keep running. Exits with code 2 if volumes or snapshots were left out.",
    )
    .argument("[FILE...]", "One answer, several one after another, or a line for each (JSON Lines).")
    .option("--from <URL>", "Read a running Cinder, page by page.")
    .option("--dry-run", "Print what would be imported, and change nothing.")
    .option("--region <NAME>", "Import into this region of REGIONS. A Cinder is that of one region.")
    .addHelpText(
      "after",
      formatVariables({
        OS_TOKEN: "With --from: a token of Keystone, of an admin.",
        OS_PROJECT_ID: "With --from: the project of the token, unless the URL ends with it.",
        EVENTS: "off, if the service records no events.",
      }),
    )
    .action(run(async () => (await import("./commands/import.ts")).importFiles));
  databaseCommand("backup")
    .summary("write a backup of the database")
    .description(
      "Writes a backup of the database, as SQL, with the state at one moment. The service can keep running.",
    )
    .argument(
      "<FILE>",
      "The file to create. An existing file is not overwritten. For all regions, FILE.sql becomes FILE.eu.sql and so on.",
    )
    .addOption(REGION)
    .action(run(async () => (await import("./commands/backup.ts")).backUp));
  databaseCommand("restore")
    .summary("restore a backup")
    .description(
      "Restores a backup of any database of the service to an empty one, completely or not at all: the file in the data " +
        "folder, or the one that a flag or LIBSQL_URL names. Applies pending migrations, and checks the database.",
    )
    .argument("<FILE>", `The FILE that was given to \`${commandLine("backup")}\`.`)
    .addOption(REGION)
    .action(run(async () => (await import("./commands/restore.ts")).restore));
}
