import path from "node:path";
import { verifyBackup } from "../backup/backup_file.ts";
import { loadD1 } from "../backup/d1_backup.ts";
import { loadLibsql } from "../backup/libsql_backup.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { commandArguments, databaseToFill } from "../database/named_database.ts";
import { assertNothingBroken } from "../fsck/check_database.ts";
import { supervise, UsageError } from "../processes/supervise.ts";

// npm run restore -- FILE: fills an empty database from what `npm run backup` has made, all of it or nothing, brings
// it up to date and checks it.

await supervise("command", async (processes) => {
  const given = commandArguments();
  const [name, ...more] = given.words;
  if (name === undefined || more.length > 0) {
    throw new UsageError(
      "npm run restore -- FILE takes the name of one file that `npm run backup` has made.",
    );
  }
  const file = path.resolve(name);
  const target = await databaseToFill(await verifyBackup(file), given, processes);
  const { database } = target;
  await (database.kind === "libsql" ? loadLibsql(database, file) : loadD1(database, file, processes));
  await migrateDatabase(database, processes);
  console.log(await assertNothingBroken(target, processes));
  console.log("Its offers can be accepted under the AUTH_KEY_SECRET that they were made with, and no other.");
});
