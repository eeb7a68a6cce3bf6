import type { Config } from "../config.ts";
import type { Database } from "../db/engine/database.ts";
import { serviceUnavailable } from "../http/faults.ts";
import { secretCheck } from "./auth_key.ts";
import { checkSecretStatements } from "./secret.sql.ts";

const WRONG_SECRET =
  "AUTH_KEY_SECRET is not the secret that this database's transfers were created under. " +
  "Set that secret, or set it as AUTH_KEY_SECRET_PREVIOUS.";

/** Makes the 503 for a secret under which no key of the database's transfers is right. */
export const wrongSecret = () => serviceUnavailable(`The service is not configured: ${WRONG_SECRET}`);

/**
 * Compares the configured `AUTH_KEY_SECRET` with the one that the database's transfers were created under, and stores
 * its check in a database that has none.
 *
 * @returns what is wrong; undefined if the secret is right
 */
export async function findWrongSecret(db: Database, config: Config): Promise<string | undefined> {
  const [check, previous] = await secretChecks(config);
  const {
    check: [stored],
  } = await db.write(checkSecretStatements(check, previous));
  return stored?.value === check ? undefined : WRONG_SECRET;
}

/** Computes the check of the secret, and of the one before if it is configured. */
export const secretChecks = ({
  authKeySecret,
  previousAuthKeySecret,
}: Config): Promise<[check: string, previous: string | undefined]> =>
  Promise.all([
    secretCheck(authKeySecret),
    previousAuthKeySecret === undefined ? undefined : secretCheck(previousAuthKeySecret),
  ]);
