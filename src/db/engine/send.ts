import type { ExchangeResult, Statement } from "./driver.ts";
import type { PendingBatch } from "./group.ts";

/** The failure of a batch, or of an exchange. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The request that sends exchanges, until it times out. */
export type Sender = Pick<PendingBatch, "exchange" | "signal">;

/**
 * Runs statements in the context of the sender's request.
 *
 * @param first statements that run before them, and whose rows are left out
 */
export const send = (
  { exchange, signal }: Sender,
  statements: readonly Statement[],
  first: readonly Statement[] = [],
): Promise<ExchangeResult | Failure> =>
  exchange([...first, ...statements], signal).then(
    ({ rows, bookmark }) => ({ rows: rows.slice(first.length), bookmark }),
    (error: unknown) => new Failure(error),
  );
