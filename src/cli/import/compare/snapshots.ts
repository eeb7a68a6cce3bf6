import type { SnapshotRecord } from "../read/records.ts";
import type { Report } from "../report.ts";
import { Rows } from "../write/rows.ts";
import { readSnapshotsStatements, type SnapshotRow } from "../write/snapshots.sql.ts";
import type { Target } from "../write/target.ts";
import { mergeShown } from "./merge_fields.ts";

/**
 * Compares a batch of Cinder's snapshots with those here, after the volumes were written.
 *
 * @param willExist returns whether a dry run would have created a volume
 * @returns the snapshots to write
 */
export async function compareSnapshots(
  target: Target,
  report: Report,
  snapshots: readonly SnapshotRecord[],
  willExist: (volume_id: string) => boolean,
): Promise<Rows<SnapshotRow>> {
  const ids = JSON.stringify(snapshots.map(({ id }) => id));
  const volumeIds = JSON.stringify([...new Set(snapshots.map(({ volume_id }) => volume_id))]);
  const { existing, volumes } = await target.read(readSnapshotsStatements(ids, volumeIds));
  const stored = new Map(existing.map((row) => [row.id, row]));
  const storedVolumes = new Map(volumes.map((row) => [row.id, row]));

  const rows = new Rows<SnapshotRow>(target, report);
  for (const snapshot of snapshots) {
    const { id, project_id, volume_id, size, shown, metadata, ...columns } = snapshot;
    const [before, volume] = [stored.get(id), storedVolumes.get(volume_id)];
    const name = `snapshot ${id}`;
    if (before?.imported_project_id === null) {
      report.note("left out", name, "a snapshot with this id was made here");
      continue;
    }
    if (volume === undefined && !willExist(volume_id)) {
      report.note("left out", name, `its volume ${volume_id} is not here. Import the volumes, too`);
      continue;
    }
    if (volume?.has_open_transfer) {
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
  return rows;
}
