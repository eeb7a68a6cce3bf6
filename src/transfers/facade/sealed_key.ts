import type { RequestContext } from "../../http/context.ts";
import { makeSealer } from "../../http/seal.ts";

type Secrets = Pick<RequestContext["config"], "authKeySecret" | "previousAuthKeySecret">;

const { seal, unseal } = makeSealer("keys of Cinder");

/** Encrypts Cinder's `auth_key` of a transfer. The database alone opens none. */
export const sealKey = ({ authKeySecret }: Secrets, transfer_id: string, auth_key: string): Promise<string> =>
  seal(authKeySecret, transfer_id, auth_key);

/**
 * Returns Cinder's `auth_key` of a transfer.
 *
 * @returns undefined if it was sealed under another secret than the present one and the one before, or is of another
 *   transfer
 */
export async function openKey(
  { authKeySecret, previousAuthKeySecret }: Secrets,
  transfer_id: string,
  sealed: string,
): Promise<string | undefined> {
  for (const secret of [authKeySecret, previousAuthKeySecret]) {
    const key = secret === undefined ? undefined : await unseal(secret, transfer_id, sealed);
    if (typeof key === "string") return key;
  }
  return undefined;
}
