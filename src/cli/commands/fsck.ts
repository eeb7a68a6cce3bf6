import { commandArguments, databaseToRead } from "../database/named_database.ts";
import { assertNothingBroken } from "../fsck/check_database.ts";
import { supervise, UsageError } from "../processes/supervise.ts";

// npm run fsck: checks the rows of a database against each other, whether or not the service runs on it. It only
// reads. It ends with exit code 1 and the list if something is wrong.

await supervise("command", async (processes) => {
  const given = commandArguments();
  if (given.words.length > 0)
    throw new UsageError(`npm run fsck takes no name: not ${given.words.join(" ")}.`);
  console.log(await assertNothingBroken(await databaseToRead(given, processes), processes));
});
