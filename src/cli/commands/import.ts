import { runCommand } from "../command.ts";
import { D1_FLAGS, DATABASE_VARIABLES, selectDatabase } from "../database/select_database.ts";
import { CliError } from "../errors.ts";
import { assertMigrated } from "../fsck/check_structure.ts";
import { importCinder } from "../import/import_cinder.ts";
import { cinderAccess, readCinder } from "../import/read_cinder.ts";
import { readFiles, sizeOfFiles } from "../import/read_files.ts";
import { openTarget } from "../import/target.ts";
import { Progress } from "../progress.ts";
import { REGION_OPTION, selectOneRegion } from "../settings/regions.ts";
import { workerVariables } from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run import",
  description:
    "Imports the volumes, snapshots and volume types of a Cinder, from files with what its API responds to an admin\n" +
    "(volumes/detail?all_tenants=1, snapshots/detail?all_tenants=1, types), or from the Cinder itself. It can be\n" +
    "repeated: it updates what has changed there since, and keeps the owner of a volume that was handed over here.\n" +
    "The service can keep running. Exits with code 2 if volumes or snapshots were left out.",
  rest: {
    name: "FILE",
    description: "One answer, several one after another, or a line for each (JSON Lines).",
  },
  options: [
    { name: "from", value: "URL", description: "Read a running Cinder, page by page." },
    { ...REGION_OPTION, description: "Import into this region of REGIONS. A Cinder is that of one region." },
  ],
  flags: [...D1_FLAGS, { name: "dry-run", description: "Print what would be imported, and change nothing." }],
  variables: [
    { name: "OS_TOKEN", description: "With --from: a token of Keystone, of an admin." },
    {
      name: "OS_PROJECT_ID",
      description: "With --from: the project of the token, unless the URL ends with it.",
    },
    { name: "EVENTS", description: "off, if the service records no events." },
    ...DATABASE_VARIABLES,
  ],
} as const;

/** The exit code if Cinder has volumes or snapshots that were not imported. */
const LEFT_OUT = 2;

await runCommand(SYNTAX, async (processes, { flags, options, rest: files }) => {
  const from = options.get("from");
  if ((from === undefined) === (files.length === 0)) {
    throw new CliError(
      "name either files, or a Cinder with --from URL. `npm run import -- --help` has the rest.",
    );
  }
  const access = from === undefined ? undefined : cinderAccess(from);
  const bytes = sizeOfFiles(files);
  const region = selectOneRegion(workerVariables(), options.get("region"));
  const selected = await selectDatabase(
    region,
    new Set(D1_FLAGS.map(({ name }) => name).filter((name) => flags.has(name))),
    processes,
  );
  await assertMigrated(selected.database, processes);
  const target = openTarget(selected.database, processes);
  const reading =
    access === undefined
      ? new Progress("Reading", "bytes", bytes)
      : new Progress("Reading", "volumes and snapshots", undefined);
  const items = access === undefined ? readFiles(files, reading.add) : readCinder(access, reading.add);
  const dryRun = flags.has("dry-run");
  const report = await importCinder(target, items, {
    dryRun,
    recordsEvents: region.variables.EVENTS !== "off",
    onRead: reading.stop,
  });
  target.close();
  const summary = report.format(selected.title, dryRun);
  if (report.leftOut === 0) console.log(`volume-transfers: ${summary}`);
  else throw new CliError(summary, LEFT_OUT);
});
