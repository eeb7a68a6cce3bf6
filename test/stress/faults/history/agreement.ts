import type { AcceptTransfer, DeclineTransfer, Operation } from "./operations.ts";
import { CLOCK_TOLERANCE_MS, type OpenTransfer, type VolumeState } from "./volume_state.ts";

/**
 * Returns whether the response of an operation is correct in a state.
 *
 * Expiry is no transition: a transfer is invisible as soon as the clock reaches its `expires_at`, whether it is closed
 * or not. The service reads the clock between the invocation and the completion of an operation. If the transfer
 * expires in between, both responses are correct.
 */
export function agrees(
  operation: Operation,
  { owner, openTransfer, acceptedTransfers }: VolumeState,
): boolean {
  const { project, status } = operation;
  const owns = owner === project;
  const mayBeLive = openTransfer !== undefined && reachedBefore(operation, openTransfer.expiresAt);
  const mayBeGone = openTransfer === undefined || reachedAfter(operation, openTransfer.expiresAt);
  switch (operation.kind) {
    case "show volume": {
      const { seen } = operation;
      if (seen === undefined) return !owns;
      return owns && seen.volumeStatus === (openTransfer === undefined ? "available" : "awaiting-transfer");
    }
    case "show transfer": {
      const { seen, transfer } = operation;
      if (seen === undefined) return !owns || mayBeGone || !names(transfer, openTransfer);
      return owns && mayBeLive && names(transfer, openTransfer) && seen.transfer === openTransfer.id;
    }
    case "create": {
      if (status === 404) return !owns;
      const { expiresAt = Number.POSITIVE_INFINITY } = operation;
      return status === 400 && owns && (mayBeLive || reachedAfter(operation, expiresAt));
    }
    case "delete":
    case "rekey":
      return status === 404 && (!owns || mayBeGone || !names(operation.transfer, openTransfer));
    case "accept":
    case "decline":
      // A repeated accept, acknowledged by its Idempotency-Key.
      if (operation.outcome === "ok")
        return operation.kind === "accept" && acceptedTransfers.has(operation.transfer);
      if (status === 404) return mayBeGone || !names(operation.transfer, openTransfer);
      // Cinder's fault for a wrong auth_key. Every project but the destination gets it, too.
      return (
        status === 400 &&
        mayBeLive &&
        names(operation.transfer, openTransfer) &&
        !admits(openTransfer, operation)
      );
  }
}

/** Returns whether a request names the open transfer. A list that is filtered by the volume names every transfer of it. */
const names = (id: string | undefined, openTransfer: OpenTransfer | undefined): boolean =>
  id === undefined || id === openTransfer?.id;

/** Returns whether a request to accept or decline a transfer may do so. */
export function admits(
  { destination, keyless, key }: OpenTransfer,
  request: AcceptTransfer | DeclineTransfer,
): boolean {
  if (destination !== undefined && destination !== request.project) return false;
  const needsNone =
    destination !== undefined && (request.kind === "decline" || (keyless && request.key === ""));
  return needsNone || request.key === key;
}

/** Returns whether the service may have handled the operation before a time of the database's clock. */
const reachedBefore = ({ invoked }: Operation, time: number): boolean => invoked < time + CLOCK_TOLERANCE_MS;

/** Returns whether the service may have handled the operation at or after a time of the database's clock. */
const reachedAfter = ({ completed }: Operation, time: number): boolean =>
  completed > time - CLOCK_TOLERANCE_MS;
