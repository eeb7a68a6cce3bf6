import path from "node:path";
import { verifyBackup } from "../backup/backup_file.ts";
import { restoreBackup } from "../backup/restore.ts";
import { runCommand } from "../command.ts";
import { runInRegions } from "../database/in_regions.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabaseToRestore } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";
import { Progress } from "../progress.ts";
import { REGION_OPTION, regionFile } from "../settings/regions.ts";

const SYNTAX = {
  script: "npm run restore",
  description:
    "Restores a backup of any database of the service to an empty one, completely or not at all: the file in the data\n" +
    "folder, or the one that a flag or LIBSQL_URL names. Applies pending migrations, and checks the database.",
  operands: [{ name: "FILE", description: "The FILE that was given to `npm run backup`." }],
  flags: D1_FLAGS,
  options: [REGION_OPTION],
  variables: DATABASE_VARIABLES,
} as const;

/** The size of a backup from which on its restore takes minutes, bytes. */
const BIG = 200_000_000;

await runCommand(SYNTAX, async (processes, { flags, options, operands: { FILE } }) => {
  await runInRegions(options.get("region"), async (region) => {
    const name = regionFile(FILE, region, options.get("region"));
    const file = path.resolve(name);
    const size = await verifyBackup(file);
    const selected = await selectDatabaseToRestore(region, flags, processes);
    console.log(`volume-transfers: restoring ${name}, ${Math.ceil(size / 1e6)} MB, to ${selected.title}`);
    if (size > BIG) {
      console.warn(
        "This takes minutes, and the disk space of the database twice. A service that runs on the database cannot " +
          "write meanwhile: stop it.",
      );
    }
    const loading = new Progress("Reading", "bytes", size);
    await restoreBackup(selected.database, file, processes, {
      onRead: loading.add,
      onLoaded: () => {
        loading.stop();
        console.log("Writing the database, in one transaction");
      },
    }).finally(loading.stop);
    console.log(await assertConsistent(selected, processes));
  });
  console.log("The transfers can be accepted only with the AUTH_KEY_SECRET with which they were created.");
});
