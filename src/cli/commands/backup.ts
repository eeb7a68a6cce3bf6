import path from "node:path";
import { writeBackup } from "../backup/backup_file.ts";
import { dump } from "../backup/dump.ts";
import { dumpD1 } from "../backup/dump_d1.ts";
import { runInRegions } from "../database/in_regions.ts";
import { type DatabaseOptions, selectDatabase } from "../database/select_database.ts";
import type { Processes } from "../processes/processes.ts";
import { regionFile } from "../settings/regions.ts";

/** Writes a backup of the database of each region. */
export async function backUp(processes: Processes, file: string, options: DatabaseOptions): Promise<void> {
  await runInRegions(options.region, async (region) => {
    const { database, title } = await selectDatabase(region, options, processes);
    const name = regionFile(file, region, options.region);
    const statements = database.kind === "libsql" ? dump(database) : dumpD1(database, processes);
    await writeBackup(path.resolve(name), statements);
    console.log(`volume-transfers: ${title} is in ${name}`);
  });
  console.log(`The backup does not contain AUTH_KEY_SECRET, without which its transfers cannot be accepted. Store it in another place.
If you did not set the variable, it is in the file auth_key_secret in the data folder, or a secret of the deployed
Worker.`);
}
