import { and, eq, type SQL, sql } from "drizzle-orm";
import { transfers } from "../db/schema/index.ts";
import { type Params, queryBuilder } from "../db/statements/batch.ts";
import { secretMatches } from "./auth_key.sql.ts";
import { isOpen, transferColumns } from "./rows.sql.ts";

// A create with an idempotency key, which an earlier request may have sent already.

/** The values of a create that belong to its idempotency key, if it has one. */
export interface IdempotentCreate {
  readonly id: string;
  readonly volume_id: string;
  readonly auth_key_hmac: string;
  /** The id and the HMAC of a create with the same idempotency key on the adjacent day; undefined without a key. */
  readonly adjacent_id: string | undefined;
  readonly adjacent_hmac: string | undefined;
  /** The check of the secret. */
  readonly secret_check: string;
}

/** Makes the condition that no transfer has an id of the request's idempotency key; undefined if it has no key. */
export function idempotencyKeyIsNew({
  param,
  optionalParam,
}: Params<IdempotentCreate>): SQL<number> | undefined {
  const adjacent_id = optionalParam("adjacent_id");
  if (adjacent_id === undefined) return undefined;
  return sql<number>`not exists (select 1 from ${transfers}
    where ${transfers.id} in (${param("id")}, ${adjacent_id}))`;
}

/** Gives a new key to the open transfer that an earlier request with the same idempotency key has created. */
export function renewedKey(params: Params<IdempotentCreate>) {
  const { param, optionalParam } = params;
  const adjacent_id = optionalParam("adjacent_id");
  if (adjacent_id === undefined) return undefined;
  const adjacent_hmac = optionalParam("adjacent_hmac") ?? param("auth_key_hmac");
  return queryBuilder
    .update(transfers)
    .set({
      auth_key_hmac: sql`case ${transfers.id} when ${param("id")} then ${param("auth_key_hmac")} else ${adjacent_hmac} end`,
    })
    .where(
      and(
        sql`${transfers.id} in (${param("id")}, ${adjacent_id})`,
        eq(transfers.volume_id, param("volume_id")),
        isOpen,
        secretMatches(param("secret_check")),
      ),
    )
    .returning(transferColumns);
}
