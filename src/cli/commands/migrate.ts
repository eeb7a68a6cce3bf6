import { runCommand } from "../command.ts";
import { libsqlOr } from "../database/database.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectD1 } from "../database/select_database.ts";
import { workerVariables } from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run migrate",
  description:
    "Applies the pending migrations to the libSQL server that LIBSQL_URL names, or else to the D1 database of\n" +
    "`npm start`. A flag selects a D1 database.",
  flags: D1_FLAGS,
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags }) => {
  const d1 = selectD1(flags).database;
  const database = flags.size > 0 ? d1 : libsqlOr(d1, workerVariables());
  await migrateDatabase(database, processes);
  console.log(`volume-transfers: the ${database.kind} database is up to date`);
});
