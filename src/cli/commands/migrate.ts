import { chosenDatabase, migrateDatabase } from "../database/migrations.ts";
import { supervise, UsageError } from "../processes/supervise.ts";
import { dataFolder, workerVariables } from "../settings/settings.ts";

// npm run migrate: brings the database up to date, the libSQL one that LIBSQL_URL names, or else D1: the one
// of `npm start`, or with `-- --remote` the deployed one.

await supervise("command", async (processes) => {
  const [option, ...more] = process.argv.slice(2);
  if ((option !== undefined && option !== "--local" && option !== "--remote") || more.length > 0) {
    throw new UsageError("npm run migrate takes one option at most: -- --remote.");
  }
  const d1 =
    option === "--remote"
      ? ({ kind: "remote D1" } as const)
      : ({ kind: "local D1", folder: dataFolder() } as const);
  const database = chosenDatabase(workerVariables(), d1);
  await migrateDatabase(database, processes);
  console.log(`volume-transfers: the ${database.kind} database is up to date`);
});
