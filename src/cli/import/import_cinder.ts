import { Progress } from "../progress.ts";
import { compareSnapshots } from "./compare/snapshots.ts";
import { compareTypes } from "./compare/types.ts";
import { compareVolumes } from "./compare/volumes.ts";
import { readAll } from "./read/read_all.ts";
import type { Item } from "./read/records.ts";
import { Report } from "./report.ts";
import { writeSnapshotsStatements } from "./write/snapshots.sql.ts";
import type { Target } from "./write/target.ts";
import { writeTypesStatements } from "./write/types.sql.ts";
import { writeVolumesStatements } from "./write/volumes.sql.ts";

/**
 * Imports the volumes, snapshots and types of a Cinder. Reads all of them before it writes, so that an answer that
 * cannot be read changes nothing. Then compares and writes batches, each in one transaction. A second run goes on after
 * one that was interrupted: rows that exist already are only compared.
 *
 * @param items Cinder's types, volumes and snapshots, in any order
 * @param options.dryRun whether nothing is written
 * @param options.recordsEvents whether each new volume gets an event
 * @param options.onRead called when all items are read
 * @throws CliError if an answer cannot be read, or the database cannot be written to
 */
export async function importCinder(
  target: Target,
  items: AsyncIterable<Item>,
  options: { readonly dryRun: boolean; readonly recordsEvents: boolean; readonly onRead: () => void },
): Promise<Report> {
  const { dryRun, recordsEvents, onRead } = options;
  const report = new Report();
  const cinder = await readAll(items, report).finally(onRead);
  const progress = new Progress(
    "Importing",
    "volumes and snapshots",
    cinder.volumes.length + cinder.snapshots.length,
  );
  try {
    const types = await compareTypes(target, report, cinder.types);
    if (types.created.length + types.updated.length > 0 && !dryRun) {
      await target.write(writeTypesStatements(types));
    }
    // The volumes that a dry run does not create.
    const wouldExist = new Set<string>();
    for (const batch of cinder.volumes.batches(target.limits)) {
      const { rows, created, reassigned } = await compareVolumes(target, report, batch, types.keyOf);
      if (dryRun) for (const id of created) wouldExist.add(id);
      else if (rows.ids.length > 0) {
        const announced = recordsEvents ? created : [];
        await target.write(writeVolumesStatements({ rows, reassigned, announced }));
      }
      progress.add(batch.length);
    }
    for (const batch of cinder.snapshots.batches(target.limits)) {
      const rows = await compareSnapshots(target, report, batch, (id) => wouldExist.has(id));
      if (rows.ids.length > 0 && !dryRun) await target.write(writeSnapshotsStatements(rows));
      progress.add(batch.length);
    }
  } finally {
    progress.stop();
  }
  return report;
}
