import { projectOf } from "../db/statements/scope.ts";
import { eventOrigin } from "../events/origin.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { authKeyHmac, makeAuthKey, secretChecks } from "./auth_key.ts";
import type { RekeyRefusal, TransferNotFound } from "./faults.ts";
import { rekeyStatements } from "./rekey.sql.ts";
import type { Transfer } from "./rows.sql.ts";

/**
 * Makes a new `auth_key` for an open transfer. The key before is no longer valid.
 *
 * @returns the transfer, and its new `auth_key`, which no other response contains; or why there is none
 */
export async function rekeyTransfer(
  context: RequestContext,
  id: string,
): Promise<
  | { readonly kind: "rekeyed"; readonly transfer: Transfer; readonly auth_key: string }
  | RekeyRefusal
  | TransferNotFound
> {
  const { db, config, identity } = context;
  const auth_key = makeAuthKey();
  const [secret_check, previous_check] = await secretChecks(config);
  const {
    rekeyed: [transfer],
    transfer: [found],
  } = await db.write(
    rekeyStatements({
      id,
      project_id: projectOf(scopeOf(identity)),
      auth_key_hmac: await authKeyHmac(config.authKeySecret, id, auth_key),
      secret_check,
      previous_check,
      per_minute: config.transfersPerMinute || undefined,
      origin: eventOrigin(context),
    }),
  );
  if (transfer !== undefined) return { kind: "rekeyed", transfer, auth_key };
  if (found === undefined) return { kind: "transfer_not_found", id };
  // Only the guard of the rate can hold again by now, because a new minute has begun.
  return { kind: found.refusal ?? "too_many_creates", id };
}
