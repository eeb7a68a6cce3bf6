import type { Statement } from "../../../src/db/engine/driver.ts";

// The database's own clock and chance are replaced by a row, which each transaction sets.

export const CREATE_CLOCK: Statement = {
  sql: "create temp table simulated (now integer not null, nonce text not null)",
  params: [],
};

export const INSERT_CLOCK: Statement = { sql: "insert into simulated values (0, '00000000')", params: [] };

/** The migrations create a type at the time of the machine. */
export const FORGET_CREATION: Statement = { sql: "update volume_types set created_at = 0", params: [] };

/** @param now milliseconds since the epoch */
export const setClock = (now: number): Statement => ({ sql: "update simulated set now = ?", params: [now] });

/** @param nonce eight characters */
export const setNonce = (nonce: string): Statement => ({
  sql: "update simulated set nonce = ?",
  params: [nonce],
});

/** Replaces the clock and the chance in a statement of the service. */
export const simulated = (sql: string): string =>
  sql
    .replaceAll("unixepoch('subsec') * 1000", "(select now from simulated)")
    .replaceAll("randomblob(8)", "(select nonce from simulated)");
