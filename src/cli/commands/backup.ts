import path from "node:path";
import { writeBackup } from "../backup/backup_file.ts";
import { dump } from "../backup/dump.ts";
import { dumpD1 } from "../backup/dump_d1.ts";
import { runCommand } from "../command.ts";
import { runInRegions } from "../database/in_regions.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabase } from "../database/select_database.ts";
import { REGION_OPTION, regionFile } from "../settings/regions.ts";

const SYNTAX = {
  script: "npm run backup",
  description:
    "Writes a backup of the database, as SQL, with the state at one moment. The service can keep running.",
  operands: [
    {
      name: "FILE",
      description:
        "The file to create. An existing file is not overwritten. For all regions, FILE.sql becomes FILE.eu.sql and so on.",
    },
  ],
  flags: D1_FLAGS,
  options: [REGION_OPTION],
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags, options, operands: { FILE } }) => {
  await runInRegions(options.get("region"), async (region) => {
    const { database, title } = await selectDatabase(region, flags, processes);
    const name = regionFile(FILE, region, options.get("region"));
    const file = path.resolve(name);
    await writeBackup(file, database.kind === "libsql" ? dump(database) : dumpD1(database, processes));
    console.log(`volume-transfers: ${title} is in ${name}`);
  });
  console.log(`The backup does not contain AUTH_KEY_SECRET, without which its transfers cannot be accepted. Store it in another place.
If you did not set the variable, it is in the file auth_key_secret in the data folder, or a secret of the deployed
Worker.`);
});
