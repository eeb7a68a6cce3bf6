import { projectOf } from "../db/statements/scope.ts";
import { eventOrigin } from "../events/origin.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid, notFound, tooManyRequests, unexplained } from "../http/faults.ts";
import { authKeyHmac, idempotentId, makeAuthKey, secretChecks, wrongSecret } from "./auth_key.ts";
import { createStatements, type RefusedVolume } from "./create.sql.ts";
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

const DAY_MS = 86_400_000;

/**
 * Creates a transfer of a volume (API reference, "Create a volume transfer").
 *
 * @param idempotency_key the request's `Idempotency-Key`: a request that is repeated within a day with the same key and
 *   volume gets the same transfer with a new `auth_key`, and the key before is no longer valid
 * @returns the transfer, and its `auth_key`, which no other response contains
 * @throws Fault 404 if there is no such volume, 400 if the volume or one of its snapshots must not be transferred, 429
 *   if the volume's project creates too many transfers, 503 under a wrong `AUTH_KEY_SECRET`
 */
export async function createTransfer(
  context: RequestContext,
  input: TransferInput,
  idempotency_key: string | undefined,
): Promise<Transfer & { readonly auth_key: string }> {
  const { db, config, identity, requestId } = context;
  const { project_id } = identity;
  const { volume_id } = input;
  const secret = config.authKeySecret;
  const auth_key = makeAuthKey();
  const today = Math.floor(Date.now() / DAY_MS);
  const idOf = (day: number) =>
    idempotency_key === undefined
      ? undefined
      : idempotentId(secret, { project_id, volume_id, idempotency_key }, day);
  const id = (await idOf(today)) ?? crypto.randomUUID();
  const yesterday_id = await idOf(today - 1);
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
      per_minute: config.offersPerMinute || undefined,
      secret_check,
      previous_check,
      request_id: requestId,
      origin: eventOrigin(context),
      yesterday_id,
      yesterday_hmac: yesterday_id && (await authKeyHmac(secret, yesterday_id, auth_key)),
    }),
  );
  const transfer = created ?? repeated;
  if (transfer === undefined) throw refusal(volume_id, volume);
  return { ...transfer, auth_key };
}

/** Returns the error for the first rule that is broken, in Cinder's order. */
function refusal(volume_id: string, volume: RefusedVolume | undefined): Error {
  if (volume === undefined) return notFound("Volume", volume_id);
  if (!volume.secret_matches) return wrongSecret();
  if (volume.expired_already) return invalid("input received", "expires_at must be in the future.");
  if (volume.id_used) {
    return badRequest("A transfer was created with this Idempotency-Key, and is closed. Use another key.");
  }
  if (volume.status !== "available") return invalid("volume", "status must be available");
  if (volume.encrypted) return invalid("volume", "transferring encrypted volume is not supported");
  if (volume.unavailable_snapshot !== null) {
    return invalid("snapshot", `snapshot: ${volume.unavailable_snapshot} status must be available`);
  }
  if (volume.too_many) return tooManyRequests("too many transfers created by your project");
  return unexplained("a transfer");
}
