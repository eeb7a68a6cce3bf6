import {
  badRequest,
  conflict,
  type Fault,
  invalid,
  notFound,
  overLimit,
  serviceUnavailable,
  tooManyRequests,
} from "../http/faults.ts";
import { assertExceeded, type Exceeded } from "../quotas/room.ts";
import type { AcceptGuard } from "./accept.sql.ts";
import type { AttemptedTransfer } from "./attempt.sql.ts";
import { WRONG_SECRET } from "./auth_key.ts";
import type { CreateGuard } from "./create.sql.ts";

/** The caller may see no such transfer, or none that is open. */
export interface TransferNotFound {
  readonly kind: "transfer_not_found";
  readonly id: string;
}

/** Why no transfer was created. */
export type CreateRefusal =
  | { readonly kind: "key_optional_for_any" }
  | { readonly kind: "volume_not_found"; readonly volume_id: string }
  | { readonly kind: CreateGuard; readonly unavailable_snapshot: string | null };

/** Why an open transfer got no new key. */
export interface RekeyRefusal {
  readonly kind: "wrong_secret" | "too_many_creates" | "being_accepted";
  readonly id: string;
}

/** Why a transfer refuses the key, or does not take part in what the request asks for. */
export type TransferRefusal =
  | TransferNotFound
  | { readonly kind: "too_many_accepts" }
  | { readonly kind: "wrong_secret" | "wrong_key" | "being_accepted"; readonly id: string };

/** Why an accept or a preview was refused. */
export type AttemptRefusal =
  | TransferNotFound
  | { readonly kind: "too_many_accepts" }
  | {
      readonly kind: AcceptGuard;
      readonly id: string;
      readonly transfer: AttemptedTransfer;
      /** The quota of the caller's project that has no room. */
      readonly exceeded: Exceeded | undefined;
    };

/**
 * Returns the fault of a refusal: its status, and Cinder's message if Cinder has the rule.
 *
 * @example
 * const outcome = await acceptTransfer(c.var, id, auth_key, undefined);
 * if (outcome.kind !== "accepted") throw faultOf(outcome);
 */
export function faultOf(refusal: AttemptRefusal | TransferRefusal | CreateRefusal | RekeyRefusal): Fault {
  switch (refusal.kind) {
    case "transfer_not_found":
      return notFound("Transfer", refusal.id);
    case "wrong_secret":
      return serviceUnavailable(`The service is not configured: ${WRONG_SECRET}`);

    case "key_optional_for_any":
      return invalid("input received", "require_key can be false only with a destination_project_id.");
    case "volume_not_found":
      return notFound("Volume", refusal.volume_id);
    case "expiry_in_past":
      return invalid("input received", "expires_at must be in the future.");
    case "idempotency_key_used":
      return badRequest("A transfer was created with this Idempotency-Key, and is closed. Use another key.");
    case "volume_not_available":
      return invalid("volume", "status must be available");
    case "volume_encrypted":
      return invalid("volume", "transferring encrypted volume is not supported");
    case "snapshot_not_available":
      return invalid("snapshot", `snapshot: ${refusal.unavailable_snapshot} status must be available`);
    case "too_many_creates":
      return tooManyRequests("too many transfers created by your project");

    case "too_many_accepts":
      return tooManyRequests("too many accepts by your project");
    case "being_accepted":
      return conflict(`Transfer ${refusal.id} is being accepted. Try again.`);
    case "wrong_key":
      return invalid("auth key", `Attempt to transfer ${refusal.id} with invalid auth key.`);
    case "volume_in_consistency_group":
      return invalid(
        "volume",
        `Volume ${refusal.transfer.volume_id} must not be part of a consistency group.`,
      );
    case "volume_type_not_usable":
      return notFound("Volume type", refusal.transfer.forbidden_type ?? "");
    case "volume_too_large":
    case "over_quota": {
      const { exception, message } = assertExceeded(refusal.exceeded);
      // Cinder's message begins with the exception's name, except for this one.
      return overLimit(
        exception === "VolumeSizeExceedsAvailableQuota" ? message : `${exception}: ${message}`,
      );
    }
    case "volume_in_maintenance":
      return invalid("volume", "The volume cannot accept transfer in maintenance mode.");
    case "volume_not_awaiting_transfer":
      return invalid(
        "volume",
        `Transfer ${refusal.id}: Volume id ${refusal.transfer.volume_id} expected in awaiting-transfer state.`,
      );
    case "moving_snapshot_not_available":
      return invalid(
        "snapshot",
        `Transfer ${refusal.id}: Snapshot ${refusal.transfer.unavailable_snapshot} is not in the expected available state.`,
      );
  }
}
