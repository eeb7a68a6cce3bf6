import type { Import } from "./import_volumes.ts";
import { mergeShown } from "./merge.ts";
import type { SnapshotRecord } from "./records.ts";
import { Rows } from "./rows.ts";
import { readSnapshotsStatements, type SnapshotRow, writeSnapshotsStatements } from "./snapshots.sql.ts";

/**
 * Imports a batch of snapshots, after the volumes.
 *
 * @param willExist returns whether a volume that does not exist would be created, if nothing is written
 */
export async function importSnapshots(
  { target, report, dryRun }: Import,
  snapshots: readonly SnapshotRecord[],
  willExist: (volume_id: string) => boolean,
): Promise<void> {
  const ids = JSON.stringify(snapshots.map(({ id }) => id));
  const volumeIds = JSON.stringify([...new Set(snapshots.map(({ volume_id }) => volume_id))]);
  const { existing, volumes } = await target.read(readSnapshotsStatements(ids, volumeIds));
  const here = new Map(existing.map((row) => [row.id, row]));
  const volumesHere = new Map(volumes.map((row) => [row.id, row]));

  const rows = new Rows<SnapshotRow>(target, report);
  for (const snapshot of snapshots) {
    const { id, project_id, volume_id, size, shown, metadata, ...columns } = snapshot;
    const [before, volume] = [here.get(id), volumesHere.get(volume_id)];
    const name = `snapshot ${id}`;
    if (before?.imported_project_id === null) {
      report.note("left out", name, "a snapshot with this id was made here");
      continue;
    }
    if (volume === undefined && !willExist(volume_id)) {
      report.note("left out", name, `its volume ${volume_id} is not here. Import the volumes, too`);
      continue;
    }
    if (volume?.offered) {
      report.note("offered", name, `of volume ${volume_id}`);
      continue;
    }
    if (
      before !== undefined &&
      before.project_id !== before.imported_project_id &&
      before.project_id !== project_id
    ) {
      report.note("handed over", name, `of ${before.project_id} here, of ${project_id} in Cinder`);
    }
    const imported_fields = mergeShown(before?.imported_fields ?? null, shown);
    if (before?.imported_fields === imported_fields) {
      report.snapshots.unchanged++;
      continue;
    }
    const isAdded = rows.add(name, {
      ...columns,
      id,
      project_id,
      volume_id,
      volume_size: size,
      metadata: JSON.stringify(metadata),
      imported_fields,
    });
    if (isAdded) report.snapshots[before === undefined ? "created" : "updated"]++;
  }
  if (rows.ids.length === 0 || dryRun) return;
  await target.write(writeSnapshotsStatements({ ids: JSON.stringify(rows.ids), rows: rows.lists() }));
}
