import type { VolumeRecord } from "../read/records.ts";
import type { Report } from "../report.ts";
import { Rows } from "../write/rows.ts";
import type { Target } from "../write/target.ts";
import { readHistoryStatements, readVolumesStatements, type VolumeRow } from "../write/volumes.sql.ts";
import { mergeShown } from "./merge_fields.ts";

/** The volumes to write. */
interface VolumeChanges {
  readonly rows: Rows<VolumeRow>;
  /** The ids of those that do not exist yet. */
  readonly created: readonly string[];
  /** The ids of those whose owner has changed in Cinder. */
  readonly reassigned: readonly string[];
}

/**
 * Compares a batch of Cinder's volumes with those here.
 *
 * @param keyOf returns the key of a volume's type
 */
export async function compareVolumes(
  target: Target,
  report: Report,
  volumes: readonly VolumeRecord[],
  keyOf: (type: VolumeRecord["type"]) => string,
): Promise<VolumeChanges> {
  const ids = JSON.stringify(volumes.map(({ id }) => id));
  const { existing } = await target.read(readVolumesStatements(ids));
  const stored = new Map(existing.map((row) => [row.id, row]));
  const absent = volumes.filter(({ id }) => !stored.has(id)).map(({ id }) => id);
  const lastOwners = absent.length === 0 ? new Map() : await readLastOwners(target, absent);

  const rows = new Rows<VolumeRow>(target, report);
  const [created, reassigned]: [string[], string[]] = [[], []];
  for (const volume of volumes) {
    const { id, project_id, type, shown, metadata, ...columns } = volume;
    const before = stored.get(id);
    const name = `volume ${id}`;
    if (before === undefined) {
      const lastOwner = lastOwners.get(id) ?? project_id;
      if (lastOwner !== project_id) {
        report.note("deleted after a handover", name, `of ${lastOwner} here, of ${project_id} in Cinder`);
        continue;
      }
    } else if (before.imported_project_id === null) {
      report.note("left out", name, "a volume with this id was made here");
      continue;
    } else if (before.has_open_transfer) {
      report.note("offered", name, `of ${before.project_id}`);
      continue;
    } else if (before.project_id !== before.imported_project_id && before.project_id !== project_id) {
      report.note("handed over", name, `of ${before.project_id} here, of ${project_id} in Cinder`);
    }
    const imported_fields = mergeShown(before?.imported_fields ?? null, shown);
    if (before?.imported_fields === imported_fields) {
      report.volumes.unchanged++;
      continue;
    }
    const isAdded = rows.add(name, {
      ...columns,
      id,
      project_id,
      volume_type: keyOf(type),
      metadata: JSON.stringify(metadata),
      imported_fields,
    });
    if (!isAdded) continue;
    report.volumes[before === undefined ? "created" : "updated"]++;
    if (before === undefined) created.push(id);
    else if (before.project_id === before.imported_project_id && before.project_id !== project_id) {
      reassigned.push(id);
    }
  }
  return { rows, created, reassigned };
}

/** Returns the project that owned each of some volumes after its last transfer here. */
async function readLastOwners(target: Target, ids: readonly string[]): Promise<Map<string, string>> {
  const { closed } = await target.read(readHistoryStatements(JSON.stringify(ids)));
  return new Map(
    closed.map(({ volume_id, accepted, source_project_id, destination_project_id }) => [
      volume_id,
      accepted ? (destination_project_id ?? source_project_id) : source_project_id,
    ]),
  );
}
