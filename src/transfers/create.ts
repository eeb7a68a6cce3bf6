import { projectOf } from "../db/statements/scope.ts";
import { eventOrigin } from "../events/origin.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { authKeyHmac, idempotentIds, makeAuthKey, secretChecks } from "./auth_key.ts";
import { createStatements } from "./create.sql.ts";
import type { CreateRefusal } from "./faults.ts";
import type { Transfer } from "./rows.sql.ts";

/** The body of a create. */
export interface TransferInput {
  readonly volume_id: string;
  readonly display_name: string | null;
  readonly no_snapshots: boolean;
  /** The only project that may accept; null if any may. */
  readonly destination_project_id: string | null;
  /** Whether an accept needs the `auth_key`. */
  readonly key_required: boolean;
  /** Milliseconds since the epoch; null for no expiry. */
  readonly expires_at: number | null;
}

/**
 * Creates a transfer of a volume (API reference, "Create a volume transfer").
 *
 * @param idempotency_key the request's `Idempotency-Key`: a request that is repeated within 23 hours with the same key and
 *   volume gets the same transfer with a new `auth_key`, and the key before is no longer valid
 * @returns the transfer, and its `auth_key`, which no other response contains, empty if none is required; or why it
 *   was refused
 */
export async function createTransfer(
  context: RequestContext,
  input: TransferInput,
  idempotency_key: string | undefined,
): Promise<
  { readonly kind: "created"; readonly transfer: Transfer; readonly auth_key: string } | CreateRefusal
> {
  const { db, config, identity, requestId } = context;
  const { project_id } = identity;
  const { volume_id, key_required } = input;
  if (!key_required && input.destination_project_id === null) return { kind: "key_optional_for_any" };
  const secret = config.authKeySecret;
  const auth_key = makeAuthKey();
  const ids =
    idempotency_key === undefined
      ? undefined
      : await idempotentIds(config, { project_id, volume_id, idempotency_key }, Date.now());
  const id = ids?.[0] ?? crypto.randomUUID();
  const hmacs = ids?.map(async (id) => [id, await authKeyHmac(secret, id, auth_key)]);
  const [secret_check, previous_check] = await secretChecks(config);
  const {
    created: [created],
    repeated: [repeated] = [],
    volume: [volume],
  } = await db.write(
    createStatements({
      ...input,
      id,
      auth_key_hmac: await authKeyHmac(secret, id, auth_key),
      project_id: projectOf(scopeOf(identity)),
      expires_at: input.expires_at ?? undefined,
      ttl_ms: config.transferTtlMs || undefined,
      per_minute: config.transfersPerMinute || undefined,
      secret_check,
      previous_check,
      request_id: requestId,
      origin: eventOrigin(context),
      idempotent_hmacs: hmacs && JSON.stringify(Object.fromEntries(await Promise.all(hmacs))),
    }),
  );
  const transfer = created ?? repeated;
  if (transfer !== undefined) return { kind: "created", transfer, auth_key: key_required ? auth_key : "" };
  if (volume === undefined) return { kind: "volume_not_found", volume_id };
  // Only the guard of the rate can hold again by now, because a new minute has begun.
  return { kind: volume.refusal ?? "too_many_creates", unavailable_snapshot: volume.unavailable_snapshot };
}
