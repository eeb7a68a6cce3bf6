import type {
  AcceptTransfer,
  CreateTransfer,
  DeclineTransfer,
  DeleteTransfer,
  Operation,
  RekeyTransfer,
} from "./operations.ts";
import type { RekeyRow, TransferRow } from "./tables.ts";

/** Finds the request that has inserted a transfer. Names of transfers are unique in a history. */
export const findCreate = (row: TransferRow, operations: readonly Operation[]): CreateTransfer | undefined =>
  operations.find(
    (operation): operation is CreateTransfer =>
      operation.kind === "create" &&
      operation.name === row.display_name &&
      operation.project === row.source_project_id,
  );

/** Finds the request that has accepted a transfer. */
export function findAccept(row: TransferRow, operations: readonly Operation[]): AcceptTransfer | undefined {
  const accepts = operations.filter(
    (operation): operation is AcceptTransfer =>
      operation.kind === "accept" &&
      operation.transfer === row.id &&
      operation.project === row.destination_project_id,
  );
  return (
    accepts.find((accept) => closed(accept, row)) ??
    firstInvoked(
      accepts.filter(
        ({ outcome, idempotencyKey = null }) =>
          outcome === "unknown" && idempotencyKey === row.idempotency_key,
      ),
    )
  );
}

/** Finds the request that has deleted a transfer. */
export function findDelete(row: TransferRow, operations: readonly Operation[]): DeleteTransfer | undefined {
  const deletes = operations.filter(
    (operation): operation is DeleteTransfer =>
      operation.kind === "delete" &&
      operation.transfer === row.id &&
      operation.project === row.source_project_id,
  );
  return (
    deletes.find((request) => closed(request, row)) ??
    // A Worker from before migration 0002 does not record the request that has deleted a transfer.
    firstInvoked(deletes.filter(({ outcome }) => outcome === "ok" && row.closed_by_request === null)) ??
    firstInvoked(deletes.filter(({ outcome }) => outcome === "unknown"))
  );
}

/** Finds the request that has declined a transfer. */
export function findDecline(row: TransferRow, operations: readonly Operation[]): DeclineTransfer | undefined {
  const declines = operations.filter(
    (operation): operation is DeclineTransfer =>
      operation.kind === "decline" &&
      operation.transfer === row.id &&
      operation.project === row.destination_project_id,
  );
  return (
    declines.find((decline) => closed(decline, row)) ??
    firstInvoked(declines.filter(({ outcome }) => outcome === "unknown"))
  );
}

/** Finds the request that has given a transfer a new key. */
export function findRekey(
  { transfer_id, request_id }: RekeyRow,
  operations: readonly Operation[],
): RekeyTransfer | undefined {
  const rekeys = operations.filter(
    (operation): operation is RekeyTransfer =>
      operation.kind === "rekey" && operation.transfer === transfer_id,
  );
  return (
    rekeys.find(({ requestId }) => requestId === request_id) ??
    firstInvoked(rekeys.filter(({ requestId }) => requestId === undefined))
  );
}

const closed = (
  { requestId }: AcceptTransfer | DeleteTransfer | DeclineTransfer,
  row: TransferRow,
): boolean => requestId !== undefined && requestId === row.closed_by_request;

/**
 * Of requests of unknown outcome, each may have caused the change. The first one to be invoked allows every order that
 * a later one allows.
 */
const firstInvoked = <O extends Operation>(operations: readonly O[]): O | undefined =>
  operations.toSorted((a, b) => a.invoked - b.invoked)[0];
