import { runCommand } from "../command.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabaseToRead } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";

const SYNTAX = {
  script: "npm run fsck",
  description:
    "Checks that the rows of the database are consistent. It only reads, and the service can keep running. Exits with\n" +
    "code 1 and a list of the violations if there are any.",
  flags: D1_FLAGS,
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags }) => {
  console.log(await assertConsistent(await selectDatabaseToRead(flags, processes), processes));
});
