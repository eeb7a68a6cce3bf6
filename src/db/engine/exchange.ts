import { ConfigurationError } from "../../config/config.ts";
import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import type { Group, PendingBatch } from "./group.ts";

export const TIMED_OUT = "the request timed out before its statements ran";

/** The failure of one batch, as a result of its group. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Runs a group as one transaction. If a statement of it fails, the transaction is rolled back, and the batches run one
 * by one, so that a batch's failure is its own. If the exchange fails, each batch fails, and none is run again: the
 * group may have been committed.
 *
 * @returns the result of each batch
 */
export async function exchangeGroup(group: Group): Promise<Map<PendingBatch, ExchangeResult | Failure>> {
  const { leader, batches } = group;
  const exchanged = await exchange(leader, group.statements);
  if (!(exchanged instanceof Failure)) return group.split(exchanged);
  if (batches.length === 1 || !isOfStatement(exchanged.error))
    return new Map(batches.map((batch) => [batch, exchanged]));
  const results = new Map<PendingBatch, ExchangeResult | Failure>();
  for (const batch of batches) {
    const { statements, signal } = batch;
    results.set(
      batch,
      signal.aborted ? new Failure(new DatabaseUnavailable(TIMED_OUT)) : await exchange(leader, statements),
    );
  }
  return results;
}

/** Runs statements in the context of the leader's request. */
const exchange = (
  { exchange, signal }: PendingBatch,
  statements: PendingBatch["statements"],
): Promise<ExchangeResult | Failure> =>
  exchange(statements, signal).catch((error: unknown) => new Failure(error));

/** Returns whether an exchange failed because of one of its statements. */
const isOfStatement = (error: unknown): boolean =>
  !(error instanceof DatabaseUnavailable || error instanceof ConfigurationError);
