import path from "node:path";
import { runInRegions } from "../database/in_regions.ts";
import { fileOf } from "../database/libsql.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { assertDatabaseMode } from "../database/mode.ts";
import { type DatabaseOptions, selectDatabaseToMigrate } from "../database/select_database.ts";
import type { Processes } from "../processes/processes.ts";
import { createDataFolder } from "../settings/auth_key_secret.ts";

/** Applies the pending migrations to the database of each region. */
export async function migrate(processes: Processes, options: DatabaseOptions): Promise<void> {
  await runInRegions(options.region, async (region) => {
    const selected = await selectDatabaseToMigrate(region, options, processes);
    const { database, title } = selected;
    const file = database.kind === "libsql" ? fileOf(database) : undefined;
    if (file !== undefined) createDataFolder(path.dirname(file));
    await migrateDatabase(database, processes);
    // Without the variable, the service may have it all the same.
    if (region.variables.CINDER_URL !== undefined) await assertDatabaseMode(selected, true, processes);
    console.log(`volume-transfers: ${title} is up to date`);
  });
}
