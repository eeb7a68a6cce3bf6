import path from "node:path";
import { verifyBackup } from "../backup/backup_file.ts";
import { restoreD1 } from "../backup/d1_backup.ts";
import { restoreLibsql } from "../backup/libsql_restore.ts";
import { runCommand } from "../command.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabaseToRestore } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";

const SYNTAX = {
  script: "npm run restore",
  description:
    "Restores a backup to an empty database of the same kind, completely or not at all. Then applies pending\n" +
    "migrations and checks the database. Stop the service before you restore more than some hundred thousand rows.",
  operands: [{ name: "FILE", description: "A file that `npm run backup` has written." }],
  flags: D1_FLAGS,
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags, operands: { FILE } }) => {
  const file = path.resolve(FILE);
  const selected = await selectDatabaseToRestore(await verifyBackup(file), flags, processes);
  const { database } = selected;
  console.log(`volume-transfers: restoring ${FILE} to ${selected.title}. A service that runs on it must be stopped if the
backup has more than some hundred thousand rows: the two compete for the lock of the database.`);
  if (database.kind === "libsql") await restoreLibsql(database, file);
  else await restoreD1(database, file, processes);
  await migrateDatabase(database, processes);
  console.log(await assertConsistent(selected, processes));
  console.log("The transfers can be accepted only with the AUTH_KEY_SECRET with which they were created.");
});
