import { Command } from "@commander-js/extra-typings";
import { VERSION } from "../../http/version.ts";
import { commandLine, isPackage, PROGRAM } from "../settings/settings.ts";
import { addConformance } from "./conformance.ts";
import { addDatabaseCommands } from "./database.ts";
import { addDeployment } from "./deployment.ts";
import { addServices } from "./services.ts";

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
  addConformance(program);
  // Not of the commands: they have inherited their settings.
  return program
    .addHelpText("after", `\nRun ${commandLine("COMMAND", "--help")} for the options of a command.`)
    .showHelpAfterError();
}
