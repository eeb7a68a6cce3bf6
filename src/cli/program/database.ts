import { Argument, type Command, Option } from "@commander-js/extra-typings";
import { commandLine } from "../settings/settings.ts";
import { run } from "./actions.ts";
import { formatVariables, REGION, REGIONS } from "./options.ts";

const LOCAL = new Option("--local", "Use the D1 database of `wrangler dev`.").conflicts("remote");
const REMOTE = new Option("--remote", "Use the deployed D1 database.").conflicts("local");

const DATABASE = {
  LIBSQL_URL: "Use this libSQL server, or file: and a path. LIBSQL_AUTH_TOKEN is the server's token.",
  DATA_DIR: "Use the database in this data folder of the service.",
  ...REGIONS,
};

/** Adds the commands on a database: of the data folder, on a libSQL server, or D1. */
export function addDatabaseCommands(program: Command): void {
  const databaseCommand = (name: string) =>
    program.command(name).addOption(LOCAL).addOption(REMOTE).addHelpText("after", formatVariables(DATABASE));

  databaseCommand("migrate")
    .summary("apply the pending migrations")
    .description(
      "Applies the pending migrations. The service does so itself when it starts, except on Cloudflare.",
    )
    .addOption(REGION)
    .action(run(async () => (await import("../commands/migrate.ts")).migrate));
  databaseCommand("fsck")
    .summary("check the database")
    .description(
      "Checks that the schema and the rows of the database are what this service makes. It only reads, and the service " +
        "can keep running. Exits with code 1 and a list of the violations if there are any.",
    )
    .option("--strict", "Exit with code 1 for a notice, too.")
    .addOption(REGION)
    .action(run(async () => (await import("../commands/fsck.ts")).fsck));
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
    .action(run(async () => (await import("../commands/events.ts")).events));
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
    .action(run(async () => (await import("../commands/import.ts")).importFiles));
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
    .action(run(async () => (await import("../commands/backup.ts")).backUp));
  databaseCommand("restore")
    .summary("restore a backup")
    .description(
      "Restores a backup of any database of the service to an empty one, completely or not at all: the file in the data " +
        "folder, or the one that a flag or LIBSQL_URL names. Applies pending migrations, and checks the database.",
    )
    .argument("<FILE>", `The FILE that was given to \`${commandLine("backup")}\`.`)
    .addOption(REGION)
    .action(run(async () => (await import("../commands/restore.ts")).restore));
}
