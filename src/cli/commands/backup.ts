import path from "node:path";
import { type BackupKind, writeBackup } from "../backup/backup_file.ts";
import { dumpD1 } from "../backup/d1_backup.ts";
import { dumpLibsql } from "../backup/libsql_backup.ts";
import { commandArguments, databaseToRead } from "../database/named_database.ts";
import { supervise, UsageError } from "../processes/supervise.ts";

// npm run backup -- FILE: a copy of a database as it is at one moment, in SQL. The service may go on meanwhile.

await supervise("command", async (processes) => {
  const given = commandArguments();
  const [file, ...more] = given.words;
  if (file === undefined || more.length > 0) {
    throw new UsageError("npm run backup -- FILE takes the name of the one file that it is to make.");
  }
  const { database, title } = await databaseToRead(given, processes);
  const [kind, sql]: [BackupKind, AsyncIterable<Uint8Array>] =
    database.kind === "libsql" ? ["libSQL", dumpLibsql(database)] : ["D1", dumpD1(database, processes)];
  await writeBackup(path.resolve(file), kind, sql);
  console.log(`volume-transfers: ${title} is in ${file}
AUTH_KEY_SECRET is not: keep it elsewhere. Without it no offer in the backup can be accepted. Where it is not set as a
variable, it is the file auth_key_secret in the data folder, or a secret of the deployed Worker.`);
});
