import path from "node:path";
import { verifyBackup } from "../backup/backup_file.ts";
import { restoreD1 } from "../backup/d1_backup.ts";
import { restoreLibsql } from "../backup/libsql_restore.ts";
import { runCommand } from "../command.ts";
import { runInRegions } from "../database/in_regions.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabaseToRestore } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";
import { REGION_OPTION, regionFile } from "../settings/regions.ts";

const SYNTAX = {
  script: "npm run restore",
  description:
    "Restores a backup to an empty database of the same kind, completely or not at all. Then applies pending\n" +
    "migrations and checks the database. Stop the service before you restore more than some hundred thousand rows.",
  operands: [{ name: "FILE", description: "The FILE that was given to `npm run backup`." }],
  flags: D1_FLAGS,
  options: [REGION_OPTION],
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags, options, operands: { FILE } }) => {
  await runInRegions(options.get("region"), async (region) => {
    const name = regionFile(FILE, region, options.get("region"));
    const file = path.resolve(name);
    const selected = await selectDatabaseToRestore(await verifyBackup(file), region, flags, processes);
    const { database } = selected;
    console.log(`volume-transfers: restoring ${name} to ${selected.title}. A service that runs on it must be stopped if the
backup has more than some hundred thousand rows: the two compete for the lock of the database.`);
    if (database.kind === "libsql") await restoreLibsql(database, file);
    else await restoreD1(database, file, processes);
    await migrateDatabase(database, processes);
    console.log(await assertConsistent(selected, processes));
  });
  console.log("The transfers can be accepted only with the AUTH_KEY_SECRET with which they were created.");
});
