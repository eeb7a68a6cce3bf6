import { checkDatabase, type Finding } from "./check_database.ts";
import { existingDatabase } from "./existing_database.ts";
import { supervise, UsageError } from "./supervise.ts";

// npm run fsck: checks the rows of a database against each other, whether or not the service runs on it. It reads
// alone. It ends with exit code 1 and the list if something is wrong.

await supervise("command", async (processes) => {
  const { database, title } = await existingDatabase(process.argv.slice(2), processes);
  const { rows, violations, notices } = await checkDatabase(database, processes);
  for (const found of notices) console.log(inWords(found));
  const checked = Object.entries(rows)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ");
  if (violations.length > 0) {
    throw new UsageError(
      `${title} is not as it must be (${checked}):\n${violations.map(inWords).join("\n")}`,
    );
  }
  console.log(`volume-transfers: ${title} is as it must be: ${checked}`);
});

/** A finding, a line for each row. */
function inWords({ kind, broken, count, rows }: Finding): string {
  const more = count > rows.length ? [`  and ${count - rows.length} more`] : [];
  return [
    `${kind}: ${broken}: ${count}`,
    ...rows.map(({ id, detail }) => `  ${id}: ${detail}`),
    ...more,
  ].join("\n");
}
