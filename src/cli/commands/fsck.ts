import { runCommand } from "../command.ts";
import { runInRegions } from "../database/in_regions.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabase } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";
import { REGION_OPTION } from "../settings/regions.ts";

const SYNTAX = {
  script: "npm run fsck",
  description:
    "Checks that the schema and the rows of the database are what this service makes. It only reads, and the service\n" +
    "can keep running. Exits with code 1 and a list of the violations if there are any.",
  flags: [...D1_FLAGS, { name: "strict", description: "Exit with code 1 for a notice, too." }],
  options: [REGION_OPTION],
  variables: DATABASE_VARIABLES,
} as const;

await runCommand(SYNTAX, async (processes, { flags, options }) => {
  const d1Flags = new Set(D1_FLAGS.map(({ name }) => name).filter((name) => flags.has(name)));
  await runInRegions(options.get("region"), async (region) => {
    const selected = await selectDatabase(region, d1Flags, processes);
    console.log(await assertConsistent(selected, processes, { strict: flags.has("strict") }));
  });
});
