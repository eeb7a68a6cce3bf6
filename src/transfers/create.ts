import type { RequestContext } from "../http/context.ts";
import { type Fault, invalid, notFound, unexplained } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { authKeyHmac, makeAuthKey } from "./auth_key.ts";
import { createTransfer, type NewTransfer, type NotOffered } from "./create.sql.ts";
import type { Transfer } from "./transfer.sql.ts";

/**
 * Offers a volume for transfer (API reference, "Create a volume transfer").
 *
 * @returns the transfer, and the `auth_key` that is told this once
 * @throws Fault 404 where there is no such volume, 400 where it or one of its snapshots is not to be offered
 */
export async function offerVolume(
  { db, config, identity }: RequestContext,
  input: Omit<NewTransfer, "id" | "auth_key_hmac" | "ttl_ms">,
): Promise<Transfer & { readonly auth_key: string }> {
  const id = crypto.randomUUID();
  const auth_key = makeAuthKey();
  const result = await createTransfer(db, scopeOf(identity), {
    ...input,
    id,
    ttl_ms: config.transferTtlMs,
    auth_key_hmac: await authKeyHmac(config.authKeySecret, id, auth_key),
  });
  if ("refused" in result) throw refusal(input.volume_id, result.refused);
  return { ...result.created, auth_key };
}

/** From what was found of the volume to the fault: the first rule that is broken. */
function refusal(volume_id: string, found: NotOffered | undefined): Fault {
  if (found === undefined) return notFound("Volume", volume_id);
  if (found.ends_too_early) return invalid("input received", "expires_at must be in the future.");
  if (found.status !== "available") return invalid("volume", "status must be available");
  if (found.encrypted) return invalid("volume", "transferring encrypted volume is not supported");
  if (found.unavailable_snapshot === null) throw unexplained("an offer");
  return invalid("snapshot", `snapshot: ${found.unavailable_snapshot} status must be available`);
}
