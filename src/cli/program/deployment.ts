import type { Command } from "@commander-js/extra-typings";
import { isPackage } from "../settings/settings.ts";
import { run } from "./actions.ts";
import { formatVariables, REGION, REGIONS } from "./options.ts";

/** Adds the commands that deploy to Cloudflare. */
export function addDeployment(program: Command): void {
  if (isPackage) {
    program
      .command("init")
      .summary("write the wrangler.toml that deploy needs")
      .description(
        "Writes a wrangler.toml that deploys the Worker of the package. Write the id of your D1 database into it, or set " +
          "LIBSQL_URL. An existing file is not overwritten.",
      )
      .action(run(async () => (await import("../commands/init.ts")).init));
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
    .action(run(async () => (await import("../commands/deploy.ts")).deploy));
  program
    .command("check-config")
    .summary("check the configuration for deploy")
    .description(
      "Checks the configuration for a deployment: [vars] in wrangler.toml, and the variables in the environment. Exits " +
        "with code 1 and names the variables that are missing or invalid.",
    )
    .action(run(async () => (await import("../commands/check_config.ts")).checkConfig));
}
