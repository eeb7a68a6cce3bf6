import type {
  AcceptTransfer,
  CreateTransfer,
  DeclineTransfer,
  DeleteTransfer,
  RekeyTransfer,
  ShowTransfer,
  ShowVolume,
} from "./operations.ts";
import type { Tables, TransferRow } from "./tables.ts";

// One volume `v` with one snapshot `s`. Project `a` creates transfer `t` of it, and project `b` accepts or `a` deletes
// it. Times are milliseconds.

const VOLUME = "v";
export const volume = (project_id: string, status = "available") => ({
  id: VOLUME,
  project_id,
  status,
  size: 2,
});
export const snapshot = (project_id: string) => ({ id: "s", volume_id: VOLUME, project_id, volume_size: 2 });
export const usage = (project_id: string, volumes: number, snapshots: number) => ({
  project_id,
  volumes,
  gigabytes: 2 * (volumes + snapshots),
  snapshots,
});

export const openRow: TransferRow = {
  seq: 1,
  id: "t",
  volume_id: VOLUME,
  display_name: "transfer 1",
  no_snapshots: false,
  source_project_id: "a",
  destination_project_id: null,
  accepted: false,
  expires_at: null,
  deleted_at: null,
  closed_by_request: null,
  idempotency_key: null,
  ended_as: null,
};
export const declinedRow: TransferRow = {
  ...openRow,
  deleted_at: 35,
  ended_as: "declined",
  destination_project_id: "b",
  closed_by_request: "req-decline",
};
export const deletedRow: TransferRow = { ...openRow, deleted_at: 35, closed_by_request: "req-delete" };
export const acceptedRow: TransferRow = {
  ...openRow,
  deleted_at: 35,
  accepted: true,
  destination_project_id: "b",
  closed_by_request: "req-accept",
};

export const untouched: Tables = {
  volumes: [volume("a")],
  snapshots: [snapshot("a")],
  transfers: [],
  usage: [usage("a", 1, 1)],
  rekeys: [],
};
export const created: Tables = {
  ...untouched,
  volumes: [volume("a", "awaiting-transfer")],
  transfers: [openRow],
};
export const deleted: Tables = { ...untouched, transfers: [deletedRow] };
export const declined: Tables = { ...untouched, transfers: [declinedRow] };
export const accepted: Tables = {
  rekeys: [],
  volumes: [volume("b")],
  snapshots: [snapshot("b")],
  usage: [usage("a", 0, 0), usage("b", 1, 1)],
  transfers: [acceptedRow],
};

export const between = (invoked: number, completed: number) => ({ volume: VOLUME, invoked, completed });
const ok = { outcome: "ok", status: 202 } as const;
export const notFound = { outcome: "fail", status: 404 } as const;
export const unknown = { outcome: "unknown", status: 0 } as const;

export const create: CreateTransfer = {
  kind: "create",
  project: "a",
  name: "transfer 1",
  transfer: "t",
  ...between(10, 20),
  ...ok,
};
export const accept: AcceptTransfer = {
  kind: "accept",
  project: "b",
  transfer: "t",
  requestId: "req-accept",
  ...between(30, 40),
  ...ok,
};
export const remove: DeleteTransfer = {
  kind: "delete",
  project: "a",
  transfer: "t",
  requestId: "req-delete",
  ...between(30, 40),
  ...ok,
};

export const decline: DeclineTransfer = {
  kind: "decline",
  project: "b",
  transfer: "t",
  requestId: "req-decline",
  ...between(30, 40),
  ...ok,
};
export const rekey: RekeyTransfer = {
  kind: "rekey",
  project: "a",
  transfer: "t",
  requestId: "req-rekey",
  key: "second",
  ...between(22, 24),
  ...ok,
};
export const rekeyRow = { transfer_id: "t", request_id: "req-rekey" };

/** Returns a GET of the volume. Without a status in the response it is a 404. */
export const showVolume = (
  project: string,
  invoked: number,
  completed: number,
  volumeStatus?: string,
): ShowVolume => ({
  kind: "show volume",
  project,
  ...between(invoked, completed),
  outcome: "ok",
  status: volumeStatus === undefined ? 404 : 200,
  seen: volumeStatus === undefined ? undefined : { volumeStatus },
});

/** Returns a GET of the transfer. Without an id in the response it is a 404. */
export const showTransfer = (
  project: string,
  invoked: number,
  completed: number,
  transfer?: string,
): ShowTransfer => ({
  kind: "show transfer",
  project,
  transfer: "t",
  ...between(invoked, completed),
  outcome: "ok",
  status: transfer === undefined ? 404 : 200,
  seen: transfer === undefined ? undefined : { transfer },
});
