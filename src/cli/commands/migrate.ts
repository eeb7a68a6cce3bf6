import { runCommand } from "../command.ts";
import { runInRegions } from "../database/in_regions.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabaseToMigrate } from "../database/select_database.ts";
import { REGION_OPTION } from "../settings/regions.ts";

const SYNTAX = {
  script: "npm run migrate",
  description:
    "Applies the pending migrations. The service does so itself when it starts, except on Cloudflare.",
  flags: D1_FLAGS,
  options: [REGION_OPTION],
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags, options }) => {
  await runInRegions(options.get("region"), async (region) => {
    const { database, title } = await selectDatabaseToMigrate(region, flags, processes);
    await migrateDatabase(database, processes);
    console.log(`volume-transfers: ${title} is up to date`);
  });
});
