import type { Command } from "@commander-js/extra-typings";
import { run } from "./actions.ts";
import { formatVariables } from "./options.ts";

/** Adds the command that judges an endpoint. */
export function addConformance(program: Command): void {
  program
    .command("conform")
    .summary("judge an endpoint of the API")
    .description(
      "Judges any endpoint of the volume-transfer API, such as a Cinder: its contract, pages, quotas and races, in at " +
        "most five minutes. It works as users of two projects, on volumes that it creates and removes. Exits with code 1 " +
        "if a rule failed, and with 2 if the endpoint could not be judged.",
    )
    .argument("<URL>", "The endpoint, with or without /v3 and the project.")
    .option("--token <TOKEN>", "The token of a member of the project that offers volumes, or @FILE.")
    .option("--project-id <ID>", "The project of --token, if neither the URL nor the token names it.")
    .option("--other-token <TOKEN>", "The token of a member of the project that accepts them, or @FILE.")
    .option("--other-project-id <ID>", "The project of --other-token.")
    .option(
      "--admin-token <TOKEN>",
      "The token of an admin, or @FILE, for some rules of quotas and statuses.",
    )
    .option("--admin-project-id <ID>", "The project of --admin-token.")
    .option("--keystone <URL>", "Keystone, to get tokens or their projects. By default OS_AUTH_URL.")
    .option("--only <TEXT>", "Try only the rules whose name contains this text, such as races/.")
    .option("--junit <FILE>", "Write the report as JUnit XML, too.")
    .option("--json", "Print the report as JSON.")
    .option("--verbose", "Print all rules, and not only those that failed.")
    .addHelpText(
      "after",
      formatVariables({
        OS_TOKEN: "--token. Other users of the machine can read an option, but no variable.",
        OS_USERNAME: "With OS_PASSWORD, OS_PROJECT_NAME and Keystone, in the place of --token.",
        OTHER_OS_TOKEN: "--other-token. Likewise OTHER_OS_USERNAME and so on.",
        ADMIN_OS_TOKEN: "--admin-token. Likewise ADMIN_OS_USERNAME and so on.",
      }),
    )
    .action(run(async () => (await import("../commands/conform.ts")).conform));
}
