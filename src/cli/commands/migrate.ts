import { runInRegions } from "../database/in_regions.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { type DatabaseOptions, selectDatabaseToMigrate } from "../database/select_database.ts";
import type { Processes } from "../processes/processes.ts";

/** Applies the pending migrations to the database of each region. */
export async function migrate(processes: Processes, options: DatabaseOptions): Promise<void> {
  await runInRegions(options.region, async (region) => {
    const { database, title } = await selectDatabaseToMigrate(region, options, processes);
    await migrateDatabase(database, processes);
    console.log(`volume-transfers: ${title} is up to date`);
  });
}
