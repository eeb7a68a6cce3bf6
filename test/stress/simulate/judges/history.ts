import { checkHistory } from "../../faults/history/checker.ts";
import type { Operation } from "../../faults/history/operations.ts";
import type { Tables } from "../../faults/history/tables.ts";
import type { PreparedVolumes } from "../preparation.ts";

/** Returns the part of the tables that belongs to some volumes. */
function ofVolumes({ volumes, snapshots, transfers, ...tables }: Tables, ids: ReadonlySet<string>): Tables {
  return {
    ...tables,
    volumes: volumes.filter(({ id }) => ids.has(id)),
    snapshots: snapshots.filter(({ volume_id }) => ids.has(volume_id)),
    transfers: transfers.filter(({ volume_id }) => ids.has(volume_id)),
  };
}

/** Returns the violations of the history of the shared volumes. */
export function historyViolations(
  { shared }: PreparedVolumes,
  before: Tables,
  operations: readonly Operation[],
  after: Tables,
): string[] {
  const ids = new Set(shared.map(({ id }) => id));
  // What a limit refuses shows nothing of the volume.
  const shown = operations.filter(({ status }) => status !== 413 && status !== 429);
  return (
    checkHistory(ofVolumes(before, ids), shown, ofVolumes(after, ids))
      // Usage is of all volumes: `fsck` compares it.
      .filter(({ kind }) => kind !== "usage is wrong")
      .map(({ kind, detail }) => `history: ${kind}: ${detail}`)
  );
}
