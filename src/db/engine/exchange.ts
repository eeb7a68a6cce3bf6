import { ConfigurationError } from "../../config/config.ts";
import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import type { Group, Request } from "./group.ts";

export const TIMED_OUT = "the request timed out before its statements ran";

/** The failure of one request, as a result of its group. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Runs a group as one transaction. If a statement of it fails, the transaction is rolled back, and the requests run one
 * by one, so that a request's failure is its own. If the exchange fails, each request fails, and none is run again:
 * the group may have been committed.
 *
 * @param first the request in whose context the group is sent
 * @returns the result of each request
 */
export async function exchangeGroup(
  first: Request,
  group: Group,
): Promise<Map<Request, ExchangeResult | Failure>> {
  const { requests } = group;
  const { statements, deal } = group.prepare();
  const exchanged = await first
    .exchange(statements, first.signal)
    .catch((error: unknown) => new Failure(error));
  if (!(exchanged instanceof Failure)) return deal(exchanged);
  if (requests.length === 1 || !isOfStatement(exchanged.error))
    return new Map(requests.map((request) => [request, exchanged]));
  const results = new Map<Request, ExchangeResult | Failure>();
  for (const request of requests) {
    const { statements, signal } = request;
    results.set(
      request,
      signal.aborted
        ? new Failure(new DatabaseUnavailable(TIMED_OUT))
        : await first.exchange(statements, first.signal).catch((error: unknown) => new Failure(error)),
    );
  }
  return results;
}

/** Returns whether an exchange failed because of one of its statements. */
const isOfStatement = (error: unknown): boolean =>
  !(error instanceof DatabaseUnavailable || error instanceof ConfigurationError);
