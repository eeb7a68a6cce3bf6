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
  /** The id and the HMAC that a create with the same idempotency key had a day ago; undefined without a key. */
  readonly yesterday_id: string | undefined;
  readonly yesterday_hmac: string | undefined;
  /** The check of the secret. */
  readonly secret_check: string;
}

/** Makes the condition that no transfer has an id of the request's idempotency key; undefined if it has no key. */
export function idempotencyKeyIsNew({
  param,
  optionalParam,
}: Params<IdempotentCreate>): SQL<number> | undefined {
  const yesterday_id = optionalParam("yesterday_id");
  if (yesterday_id === undefined) return undefined;
  return sql<number>`not exists (select 1 from ${transfers}
    where ${transfers.id} in (${param("id")}, ${yesterday_id}))`;
}

/** Gives a new key to the open transfer that an earlier request with the same idempotency key has created. */
export function renewedKey(params: Params<IdempotentCreate>) {
  const { param, optionalParam } = params;
  const yesterday_id = optionalParam("yesterday_id");
  if (yesterday_id === undefined) return undefined;
  const yesterday_hmac = optionalParam("yesterday_hmac") ?? param("auth_key_hmac");
  return queryBuilder
    .update(transfers)
    .set({
      auth_key_hmac: sql`case ${transfers.id} when ${param("id")} then ${param("auth_key_hmac")} else ${yesterday_hmac} end`,
    })
    .where(
      and(
        sql`${transfers.id} in (${param("id")}, ${yesterday_id})`,
        eq(transfers.volume_id, param("volume_id")),
        isOpen,
        secretMatches(param("secret_check")),
      ),
    )
    .returning(transferColumns);
}
