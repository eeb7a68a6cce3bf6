import type { SnapshotRow, Tables, TransferRow, Usage, Violation } from "./operations.ts";

/**
 * Hands volumes and snapshots from project to project as the transfers say, and compares where that leads with where
 * they are.
 *
 * @param before where they were
 */
export function afterTransfers(before: Tables, after: Tables): Violation[] {
  const violations: Violation[] = [];
  const owners = new Map(before.volumes.map(({ id, project_id }) => [id, project_id]));
  const open = new Map<string, TransferRow>();
  const holders = new Map(before.snapshots.map(({ id, project_id }) => [id, project_id]));
  const snapshotsOf = Map.groupBy(before.snapshots, ({ volume_id }) => volume_id);
  for (const row of after.transfers.toSorted((a, b) => a.seq - b.seq)) {
    const { volume_id, source_project_id } = row;
    const earlier = open.get(volume_id);
    if (earlier !== undefined) {
      const detail = `volume ${volume_id}: offer ${row.id} was made while ${earlier.id} was open`;
      violations.push({ kind: "two owners", detail });
    }
    if (owners.get(volume_id) !== source_project_id) {
      const detail = `volume ${volume_id} of ${owners.get(volume_id)} was offered by ${source_project_id} (${row.id})`;
      violations.push({ kind: "two owners", detail });
    }
    if (!row.deleted) open.set(volume_id, row);
    if (!row.accepted) continue;
    const acceptor = row.destination_project_id ?? "";
    owners.set(volume_id, acceptor);
    if (row.no_snapshots) continue;
    for (const { id } of snapshotsOf.get(volume_id) ?? []) {
      if (holders.get(id) === source_project_id) holders.set(id, acceptor);
    }
  }

  const volumes = new Map(after.volumes.map((volume) => [volume.id, volume]));
  for (const [id, owner] of owners) {
    const volume = volumes.get(id);
    if (volume?.project_id !== owner) {
      const detail = `${id}: ${volume?.project_id}, not ${owner}`;
      violations.push({ kind: "volume is not where the transfers left it", detail });
    }
    const status = open.has(id) ? "awaiting-transfer" : "available";
    if (volume?.status !== status) {
      const detail = `volume ${id}: ${volume?.status}, not ${status}`;
      violations.push({ kind: "status does not go with the transfers", detail });
    }
  }
  return [...violations, ...misplaced(holders, after.snapshots)];
}

function misplaced(holders: ReadonlyMap<string, string>, snapshots: readonly SnapshotRow[]): Violation[] {
  const found = new Map(snapshots.map(({ id, project_id }) => [id, project_id]));
  return [...holders].flatMap(([id, holder]) =>
    found.get(id) === holder
      ? []
      : [
          {
            kind: "snapshot is not where the transfers left it",
            detail: `${id}: ${found.get(id)}, not ${holder}`,
          },
        ],
  );
}

/** Counts what each project has, and compares it with what its quota says it uses. */
export function usageOf({ volumes, snapshots, usage }: Tables): Violation[] {
  const projects = new Set([...volumes, ...snapshots, ...usage].map(({ project_id }) => project_id));
  return [...projects].flatMap((project_id) => {
    const ownVolumes = volumes.filter((volume) => volume.project_id === project_id);
    const ownSnapshots = snapshots.filter((snapshot) => snapshot.project_id === project_id);
    const counted = told({
      project_id,
      volumes: ownVolumes.length,
      gigabytes:
        ownVolumes.reduce((sum, { size }) => sum + size, 0) +
        ownSnapshots.reduce((sum, { volume_size }) => sum + volume_size, 0),
      snapshots: ownSnapshots.length,
    });
    const nothing = { project_id, volumes: 0, gigabytes: 0, snapshots: 0 };
    const kept = told(usage.find((row) => row.project_id === project_id) ?? nothing);
    return kept === counted
      ? []
      : [{ kind: "usage is off", detail: `${project_id}: ${kept}, not ${counted}` }];
  });
}

const told = ({ volumes, gigabytes, snapshots }: Usage): string =>
  `${volumes} volumes, ${gigabytes} GiB, ${snapshots} snapshots`;
