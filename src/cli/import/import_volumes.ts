import { mergeShown } from "./merge.ts";
import type { VolumeRecord } from "./records.ts";
import type { Report } from "./report.ts";
import { Rows } from "./rows.ts";
import type { Target } from "./target.ts";
import {
  readHistoryStatements,
  readVolumesStatements,
  type VolumeRow,
  writeVolumesStatements,
} from "./volumes.sql.ts";

/** The target, the report and the options of an import. */
export interface Import {
  readonly target: Target;
  readonly report: Report;
  /** Whether nothing is written. */
  readonly dryRun: boolean;
  /** Whether each new volume gets an event. */
  readonly recordsEvents: boolean;
}

/**
 * Imports a batch of volumes.
 *
 * @param typeKey returns the key of a volume's type
 * @returns the ids of those that did not exist
 */
export async function importVolumes(
  { target, report, dryRun, recordsEvents }: Import,
  volumes: readonly VolumeRecord[],
  typeKey: (volume: VolumeRecord) => string,
): Promise<string[]> {
  const ids = JSON.stringify(volumes.map(({ id }) => id));
  const { existing } = await target.read(readVolumesStatements(ids));
  const here = new Map(existing.map((row) => [row.id, row]));
  const absent = volumes.filter(({ id }) => !here.has(id)).map(({ id }) => id);
  const lastOwners = absent.length === 0 ? new Map() : await readLastOwners(target, absent);

  const rows = new Rows<VolumeRow>(target, report);
  const [created, reassigned]: [string[], string[]] = [[], []];
  for (const volume of volumes) {
    const { id, project_id, type: _, shown, metadata, ...columns } = volume;
    const before = here.get(id);
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
    } else if (before.offered) {
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
      volume_type: typeKey(volume),
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
  if (rows.ids.length > 0 && !dryRun) {
    const written = {
      ids: JSON.stringify(rows.ids),
      rows: rows.lists(),
      reassigned: reassigned.length === 0 ? undefined : JSON.stringify(reassigned),
      announced: created.length === 0 || !recordsEvents ? undefined : JSON.stringify(created),
    };
    await target.write(writeVolumesStatements(written));
  }
  return created;
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
