import { CliError } from "../errors.ts";
import { printable } from "../printable.ts";
import { Progress } from "../progress.ts";
import { temporaryFolder } from "../settings/settings.ts";
import { SAVE_AT_ONE_TIME } from "./answers.ts";
import { importSnapshots } from "./import_snapshots.ts";
import { importTypes, WantedTypes } from "./import_types.ts";
import { importVolumes } from "./import_volumes.ts";
import type { Item, SnapshotRecord, VolumeRecord } from "./records.ts";
import { Report } from "./report.ts";
import { Spool } from "./spool.ts";
import type { Target } from "./target.ts";

/**
 * Imports the volumes, snapshots and types of a Cinder. Reads all of them before it writes, so that an answer that
 * cannot be read changes nothing, and then writes batches, each in one transaction. A second run goes on after one
 * that was interrupted: rows that exist already are only compared.
 *
 * @param items Cinder's types, volumes and snapshots, in any order
 * @param options.recordsEvents whether each new volume gets an event
 * @param options.onRead called when all items are read
 * @throws CliError if an answer cannot be read, or the database cannot be written to
 */
export async function importCinder(
  target: Target,
  items: AsyncIterable<Item>,
  {
    dryRun,
    recordsEvents,
    onRead,
  }: { readonly dryRun: boolean; readonly recordsEvents: boolean; readonly onRead: () => void },
): Promise<Report> {
  const report = new Report();
  const context = { target, report, dryRun, recordsEvents };
  const folder = temporaryFolder();
  const volumes = new Spool<VolumeRecord>(folder, "volumes");
  const snapshots = new Spool<SnapshotRecord>(folder, "snapshots");
  const types = new WantedTypes();
  const add = (item: Item): void => {
    if (item.kind === "left out") report.note("left out", item.id, item.reason);
    else if (item.kind === "type") types.add(item.record);
    else if (item.kind === "snapshot") snapshots.add(item.record);
    else {
      volumes.add(item.record);
      types.addOfVolume(item.record.type);
    }
  };
  try {
    for await (const item of items) add(item);
    volumes.unite(assertSameVolume);
    snapshots.unite(assertSameSnapshot);
  } finally {
    onRead();
  }

  const progress = new Progress("Importing", "volumes and snapshots", volumes.length + snapshots.length);
  try {
    const typeKey = await importTypes(context, types.all);
    // The volumes that a dry run does not create.
    const wouldExist = new Set<string>();
    for (const batch of volumes.batches(target.limits)) {
      const created = await importVolumes(context, batch, ({ type }) => typeKey(type));
      if (dryRun) for (const id of created) wouldExist.add(id);
      progress.add(batch.length);
    }
    for (const batch of snapshots.batches(target.limits)) {
      await importSnapshots(context, batch, (id) => wouldExist.has(id));
      progress.add(batch.length);
    }
  } finally {
    progress.stop();
  }
  return report;
}

/** @throws CliError if two records with one id differ in something that no volume changes between two answers */
function assertSameVolume(one: VolumeRecord, other: VolumeRecord): void {
  assertEqual(`volume ${one.id}`, "projects", one.project_id, other.project_id);
  assertEqual(`volume ${one.id}`, "times of creation", isoTime(one), isoTime(other));
}

/** @throws CliError as `assertSameVolume` */
function assertSameSnapshot(one: SnapshotRecord, other: SnapshotRecord): void {
  assertEqual(`snapshot ${one.id}`, "projects", one.project_id, other.project_id);
  assertEqual(`snapshot ${one.id}`, "volumes", one.volume_id, other.volume_id);
  assertEqual(`snapshot ${one.id}`, "times of creation", isoTime(one), isoTime(other));
}

const isoTime = ({ created_at }: VolumeRecord | SnapshotRecord): string => new Date(created_at).toISOString();

function assertEqual(what: string, of: string, one: string, other: string): void {
  if (one === other) return;
  const values = printable(`${one} and ${other}`);
  throw new CliError(`${what} is there twice, with the ${of} ${values}. ${SAVE_AT_ONE_TIME}`);
}
