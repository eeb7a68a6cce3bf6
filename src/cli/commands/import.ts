import { assertDatabaseMode } from "../database/mode.ts";
import { type DatabaseOptions, selectDatabase } from "../database/select_database.ts";
import { CliError } from "../errors.ts";
import { assertMigrated } from "../fsck/check_structure.ts";
import { importCinder } from "../import/import_cinder.ts";
import { cinderAccess, readCinder } from "../import/read/cinder.ts";
import { readFiles, sizeOfFiles } from "../import/read/files.ts";
import { openTarget } from "../import/write/target.ts";
import type { Processes } from "../processes/processes.ts";
import { Progress } from "../progress.ts";
import { selectOneRegion } from "../settings/regions.ts";
import { commandLine, workerVariables } from "../settings/settings.ts";

interface ImportOptions extends DatabaseOptions {
  /** The URL of a running Cinder. */
  readonly from?: string | undefined;
  readonly dryRun?: true | undefined;
}

/** The exit code if Cinder has volumes or snapshots that were not imported. */
const LEFT_OUT = 2;

/** Imports a Cinder into the database of a region. */
export async function importFiles(
  processes: Processes,
  files: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const { from, dryRun = false } = options;
  if ((from === undefined) === (files.length === 0)) {
    throw new CliError(
      `name either files, or a Cinder with --from URL. \`${commandLine("import", "--help")}\` has the rest.`,
    );
  }
  const access = from === undefined ? undefined : cinderAccess(from);
  const bytes = sizeOfFiles(files);
  const region = selectOneRegion(workerVariables(), options.region);
  const selected = await selectDatabase(region, options, processes);
  await assertMigrated(selected.database, processes);
  await assertDatabaseMode(selected, false, processes);
  const target = openTarget(selected.database, processes);
  const reading =
    access === undefined
      ? new Progress("Reading", "bytes", bytes)
      : new Progress("Reading", "volumes and snapshots", undefined);
  const items = access === undefined ? readFiles(files, reading.add) : readCinder(access, reading.add);
  const report = await importCinder(target, items, {
    dryRun,
    recordsEvents: region.variables.EVENTS !== "off",
    onRead: reading.stop,
  });
  target.close();
  const summary = report.format(selected.title, dryRun);
  if (report.leftOut === 0) console.log(`volume-transfers: ${summary}`);
  else throw new CliError(summary, LEFT_OUT);
}
