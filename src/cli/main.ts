#!/usr/bin/env node
import "./node20.ts";
import { Command } from "commander";
import { VERSION } from "../version.ts";
import { PROGRAM } from "./settings/terms.ts";

/** The subcommands of the package: a module that runs the command when it is loaded, and what the command does. */
const COMMANDS: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<unknown> }>
> = {
  start: {
    summary: "serve on this machine, for a first look and for tests",
    load: () => import("./commands/start.ts"),
  },
  serve: {
    summary: "serve on this machine",
    load: () => import("./commands/serve.ts"),
  },
  init: {
    summary: "write the wrangler.toml that deploy needs",
    load: () => import("./commands/init.ts"),
  },
  deploy: {
    summary: "deploy to Cloudflare",
    load: () => import("./commands/deploy.ts"),
  },
  "check-config": {
    summary: "check the configuration for deploy",
    load: () => import("./commands/check_config.ts"),
  },
  migrate: {
    summary: "apply the pending migrations",
    load: () => import("./commands/migrate.ts"),
  },
  fsck: {
    summary: "check the database",
    load: () => import("./commands/fsck.ts"),
  },
  events: {
    summary: "show and repeat the deliveries of events",
    load: () => import("./commands/events.ts"),
  },
  import: {
    summary: "import the volumes of a Cinder",
    load: () => import("./commands/import.ts"),
  },
  backup: {
    summary: "write a backup of the database",
    load: () => import("./commands/backup.ts"),
  },
  restore: {
    summary: "restore a backup",
    load: () => import("./commands/restore.ts"),
  },
};

const program = new Command(PROGRAM)
  .description("OpenStack's volume-transfer API as a service of its own.")
  .version(VERSION, "-V, --version", "Print the version.")
  .helpOption("-h, --help", "Print this help.")
  .helpCommand(false)
  .addHelpText("after", `\nRun ${PROGRAM} COMMAND --help for the options of a command.`);
for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
  // The command parses its own arguments, from the third on.
  program
    .command(name)
    .summary(summary)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      process.argv.splice(2, 1);
      await load();
    });
}
await program.parseAsync();
