import path from "node:path";
import { verifyBackup } from "../backup/backup_file.ts";
import { restoreBackup } from "../backup/restore.ts";
import { runInRegions } from "../database/in_regions.ts";
import { type DatabaseOptions, selectDatabaseToRestore } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";
import type { Processes } from "../processes/processes.ts";
import { Progress } from "../progress.ts";
import { regionFile } from "../settings/regions.ts";

/** The size of a backup from which on its restore takes minutes, bytes. */
const BIG = 200_000_000;

/** Restores a backup to the database of each region, and checks it. */
export async function restore(processes: Processes, backup: string, options: DatabaseOptions): Promise<void> {
  await runInRegions(options.region, async (region) => {
    const name = regionFile(backup, region, options.region);
    const file = path.resolve(name);
    const size = await verifyBackup(file);
    const selected = await selectDatabaseToRestore(region, options, processes);
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
}
