import type { Statement } from "./driver.ts";

// A fence stops an exchange whose answer was lost: if it reaches the database later, its first statement fails, and
// none of its statements takes effect.

/** A network holds back no exchange for so long, milliseconds. */
const LIFETIME_MS = 86_400_000;

/** Makes the id of an exchange. Ids are in the order of time. */
export const exchangeId = (): string => `${new Date().toISOString()} ${crypto.randomUUID()}`;

/** Makes the first statement of an exchange. It fails, by the unique id, if the exchange is fenced; else it does nothing. */
export const assertUnfenced = (id: string): Statement => ({
  sql: "insert into fences (exchange_id) select exchange_id from fences where exchange_id = ?1",
  params: [id],
});

/** Makes the statements that fence an exchange, and remove the fences that no exchange can meet any more. */
export const fence = (id: string): readonly Statement[] => [
  {
    sql: "delete from fences where exchange_id < ?1",
    params: [new Date(Date.now() - LIFETIME_MS).toISOString()],
  },
  { sql: "insert into fences (exchange_id) values (?1) on conflict do nothing", params: [id] },
];
