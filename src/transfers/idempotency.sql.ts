import { and, eq, type SQL, sql } from "drizzle-orm";
import { transfers } from "../db/schema/index.ts";
import { type Params, queryBuilder } from "../db/statements/batch.ts";
import { secretMatches } from "./auth_key.sql.ts";
import { isOpen, transferColumns } from "./rows.sql.ts";

// A create with an idempotency key, which an earlier request may have sent already.

/** The values of a create that belong to its idempotency key, if it has one. */
export interface IdempotentCreate {
  readonly volume_id: string;
  /** JSON: the ids of `idempotentIds`, each with the HMAC of the new `auth_key`; undefined without a key. */
  readonly idempotent_hmacs: string | undefined;
  /** The check of the secret. */
  readonly secret_check: string;
}

const isRepeated = (hmacs: SQL): SQL => sql`${transfers.id} in (select key from json_each(${hmacs}))`;

/** Makes the condition that no transfer has an id of the request's idempotency key; undefined if it has no key. */
export function idempotencyKeyIsNew({ optionalParam }: Params<IdempotentCreate>): SQL<number> | undefined {
  const hmacs = optionalParam("idempotent_hmacs");
  return hmacs && sql<number>`not exists (select 1 from ${transfers} where ${isRepeated(hmacs)})`;
}

/** Gives a new key to the open transfer that an earlier request with the same idempotency key has created. */
export function renewedKey({ param, optionalParam }: Params<IdempotentCreate>) {
  const hmacs = optionalParam("idempotent_hmacs");
  if (hmacs === undefined) return undefined;
  return queryBuilder
    .update(transfers)
    .set({ auth_key_hmac: sql`${hmacs} ->> ${transfers.id}` })
    .where(
      and(
        isRepeated(hmacs),
        eq(transfers.volume_id, param("volume_id")),
        isOpen,
        secretMatches(param("secret_check")),
      ),
    )
    .returning(transferColumns);
}
