import type { SnapshotRow, Tables, TransferRow, Usage, VolumeRow } from "./tables.ts";
import type { Violation } from "./violation.ts";

/**
 * Replays the transfers in the order of their creation, and compares the owners of volumes and snapshots that result
 * with those in the database.
 *
 * @param before the database before the first transfer
 * @param after the database after the last one
 */
export function ownershipViolations(before: Tables, after: Tables): Violation[] {
  const replay = new Replay(before);
  for (const row of after.transfers.toSorted((a, b) => a.seq - b.seq)) replay.apply(row);
  return [
    ...replay.violations,
    ...volumeViolations(replay, after.volumes),
    ...snapshotViolations(replay, after.snapshots),
  ];
}

class Replay {
  readonly violations: Violation[] = [];
  /** By the id of the volume. */
  readonly volumeOwners: Map<string, string>;
  /** By the id of the volume. */
  readonly openTransfers = new Map<string, TransferRow>();
  /** By the id of the snapshot. */
  readonly snapshotOwners: Map<string, string>;
  readonly #snapshotsByVolume: ReadonlyMap<string, readonly SnapshotRow[]>;

  constructor({ volumes, snapshots }: Tables) {
    this.volumeOwners = new Map(volumes.map(({ id, project_id }) => [id, project_id]));
    this.snapshotOwners = new Map(snapshots.map(({ id, project_id }) => [id, project_id]));
    this.#snapshotsByVolume = Map.groupBy(snapshots, ({ volume_id }) => volume_id);
  }

  apply(row: TransferRow): void {
    const { id, volume_id, source_project_id: donor } = row;
    const open = this.openTransfers.get(volume_id);
    if (open !== undefined) {
      this.#report(`volume ${volume_id}: transfer ${id} was created while ${open.id} was open`);
    }
    const owner = this.volumeOwners.get(volume_id);
    if (owner !== donor) {
      this.#report(`volume ${volume_id}: ${owner} owned it, but ${donor} created transfer ${id}`);
    }
    if (row.deleted_at === null) this.openTransfers.set(volume_id, row);
    if (!row.accepted) return;
    const recipient = row.destination_project_id ?? "";
    this.volumeOwners.set(volume_id, recipient);
    if (row.no_snapshots) return;
    for (const snapshot of this.#snapshotsByVolume.get(volume_id) ?? []) {
      // A snapshot that an earlier transfer left behind belongs to another project and stays there.
      if (this.snapshotOwners.get(snapshot.id) === donor) this.snapshotOwners.set(snapshot.id, recipient);
    }
  }

  #report(detail: string): void {
    this.violations.push({ kind: "two owners", detail });
  }
}

function volumeViolations(replay: Replay, volumes: readonly VolumeRow[]): Violation[] {
  const violations: Violation[] = [];
  const volumeById = new Map(volumes.map((volume) => [volume.id, volume]));
  for (const [id, owner] of replay.volumeOwners) {
    const volume = volumeById.get(id);
    if (volume?.project_id !== owner) {
      const detail = `volume ${id}: owner ${volume?.project_id}, expected ${owner}`;
      violations.push({ kind: "volume has the wrong owner", detail });
    }
    const status = replay.openTransfers.has(id) ? "awaiting-transfer" : "available";
    if (volume?.status !== status) {
      const detail = `volume ${id}: status ${volume?.status}, expected ${status}`;
      violations.push({ kind: "volume has the wrong status", detail });
    }
  }
  return violations;
}

function snapshotViolations(replay: Replay, snapshots: readonly SnapshotRow[]): Violation[] {
  const violations: Violation[] = [];
  const actualOwners = new Map(snapshots.map(({ id, project_id }) => [id, project_id]));
  for (const [id, owner] of replay.snapshotOwners) {
    const actual = actualOwners.get(id);
    if (actual === owner) continue;
    const detail = `snapshot ${id}: owner ${actual}, expected ${owner}`;
    violations.push({ kind: "snapshot has the wrong owner", detail });
  }
  return violations;
}

/** Counts the volumes and snapshots of each project, and compares the sums with the usage in `quotas`. */
export function usageViolations({ volumes, snapshots, usage }: Tables): Violation[] {
  const projects = new Set([...volumes, ...snapshots, ...usage].map(({ project_id }) => project_id));
  return [...projects].flatMap((project_id) => {
    const ownVolumes = volumes.filter((volume) => volume.project_id === project_id);
    const ownSnapshots = snapshots.filter((snapshot) => snapshot.project_id === project_id);
    const expected = formatUsage({
      project_id,
      volumes: ownVolumes.length,
      gigabytes:
        ownVolumes.reduce((sum, { size }) => sum + size, 0) +
        ownSnapshots.reduce((sum, { volume_size }) => sum + volume_size, 0),
      snapshots: ownSnapshots.length,
    });
    const none = { project_id, volumes: 0, gigabytes: 0, snapshots: 0 };
    const actual = formatUsage(usage.find((row) => row.project_id === project_id) ?? none);
    const detail = `${project_id}: ${actual}, expected ${expected}`;
    return actual === expected ? [] : [{ kind: "usage is wrong" as const, detail }];
  });
}

const formatUsage = ({ volumes, gigabytes, snapshots }: Usage): string =>
  `${volumes} volumes, ${gigabytes} GiB, ${snapshots} snapshots`;
