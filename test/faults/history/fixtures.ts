import type { Accepting, Deleting, Offering, Operation, Tables, TransferRow } from "./operations.ts";

// One volume, `v`, with one snapshot, that project `a` offers and project `b` accepts.

export const VOLUME = "v";
export const volume = (project_id: string, status = "available") => ({
  id: VOLUME,
  project_id,
  status,
  size: 2,
});
export const snapshot = (project_id: string) => ({ id: "s", volume_id: VOLUME, project_id, volume_size: 2 });
export const uses = (project_id: string, volumes: number, snapshots: number) => ({
  project_id,
  volumes,
  gigabytes: 2 * (volumes + snapshots),
  snapshots,
});

export const before: Tables = {
  volumes: [volume("a")],
  snapshots: [snapshot("a")],
  transfers: [],
  usage: [uses("a", 1, 1)],
};
export const inB: Pick<Tables, "volumes" | "snapshots" | "usage"> = {
  volumes: [volume("b")],
  snapshots: [snapshot("b")],
  usage: [uses("a", 0, 0), uses("b", 1, 1)],
};

export const open: TransferRow = {
  seq: 1,
  id: "t",
  volume_id: VOLUME,
  display_name: "offer 1",
  no_snapshots: false,
  source_project_id: "a",
  destination_project_id: null,
  accepted: false,
  deleted: false,
  closed_by_request: null,
  idempotency_key: null,
};
export const withdrawn: TransferRow = { ...open, deleted: true, closed_by_request: "r-delete" };
export const acceptedByB: TransferRow = {
  ...open,
  deleted: true,
  accepted: true,
  destination_project_id: "b",
  closed_by_request: "r-accept",
};

export const at = (invoked: number, completed: number) => ({ volume: VOLUME, invoked, completed });
export const done = { outcome: "done", status: 202 } as const;
export const refused = { outcome: "refused", status: 404 } as const;
export const unknown = { outcome: "unknown", status: 0 } as const;

export const offer: Offering = {
  kind: "offer",
  project: "a",
  name: "offer 1",
  transfer: "t",
  ...at(10, 20),
  ...done,
};
export const accept: Accepting = {
  kind: "accept",
  project: "b",
  transfer: "t",
  request: "r-accept",
  ...at(30, 40),
  ...done,
};
export const deletion: Deleting = {
  kind: "delete",
  project: "a",
  transfer: "t",
  request: "r-delete",
  ...at(30, 40),
  ...done,
};
export const read = (
  project: string,
  invoked: number,
  completed: number,
  volumeStatus?: string,
): Operation => ({
  kind: "read volume",
  project,
  ...at(invoked, completed),
  outcome: "done",
  status: volumeStatus === undefined ? 404 : 200,
  seen: volumeStatus === undefined ? undefined : { volumeStatus },
});
export const readOffer = (project: string, invoked: number, completed: number, seen?: string): Operation => ({
  kind: "read offer",
  project,
  transfer: "t",
  ...at(invoked, completed),
  outcome: "done",
  status: seen === undefined ? 404 : 200,
  seen: seen === undefined ? undefined : { transfer: seen },
});

export const accepted: Tables = { ...inB, transfers: [acceptedByB] };
export const offered: Tables = { ...before, volumes: [volume("a", "awaiting-transfer")], transfers: [open] };
export const deleted: Tables = { ...before, transfers: [withdrawn] };
