import { projectOf } from "../db/scope.ts";
import type { RequestContext } from "../http/context.ts";
import { type Fault, invalid, notFound, unexplained } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { authKeyHmac, makeAuthKey } from "./auth_key.ts";
import { createStatements } from "./create.sql.ts";
import type { Transfer } from "./rows.sql.ts";

/** What the body of a create contains. */
interface TransferInput {
  readonly volume_id: string;
  readonly display_name: string | null;
  readonly no_snapshots: boolean;
  /** The only project that may accept; null if any may. */
  readonly destination_project_id: string | null;
  /** Milliseconds since the epoch; null for no expiry. */
  readonly expires_at: number | null;
}

/**
 * Creates a transfer of a volume (API reference, "Create a volume transfer").
 *
 * @returns the transfer, and its `auth_key`, which no other response contains
 * @throws Fault 404 if there is no such volume, 400 if the volume or one of its snapshots must not be transferred
 */
export async function createTransfer(
  { db, config, identity }: RequestContext,
  input: TransferInput,
): Promise<Transfer & { readonly auth_key: string }> {
  const id = crypto.randomUUID();
  const auth_key = makeAuthKey();
  const {
    created: [created],
    volume: [volume],
  } = await db.write(
    createStatements({
      ...input,
      id,
      auth_key_hmac: await authKeyHmac(config.authKeySecret, id, auth_key),
      project_id: projectOf(scopeOf(identity)),
      expires_at: input.expires_at ?? undefined,
      ttl_ms: config.transferTtlMs || undefined,
    }),
  );
  if (created === undefined) throw refusal(input.volume_id, volume);
  return { ...created, auth_key };
}

/** What the guards saw of the volume. */
interface RefusedVolume {
  readonly status: string;
  readonly encrypted: boolean;
  readonly expired_already: boolean;
  readonly unavailable_snapshot: string | null;
}

/** Returns the fault for the first rule that is broken, in Cinder's order. */
function refusal(volume_id: string, volume: RefusedVolume | undefined): Fault {
  if (volume === undefined) return notFound("Volume", volume_id);
  if (volume.expired_already) return invalid("input received", "expires_at must be in the future.");
  if (volume.status !== "available") return invalid("volume", "status must be available");
  if (volume.encrypted) return invalid("volume", "transferring encrypted volume is not supported");
  if (volume.unavailable_snapshot === null) throw unexplained("a transfer");
  return invalid("snapshot", `snapshot: ${volume.unavailable_snapshot} status must be available`);
}
