import { DatabaseUnavailable, type Exchange, type ExchangeResult, type Statement } from "./driver.ts";

/** The statements of one request, and how to send them. */
export interface Request {
  readonly statements: readonly Statement[];
  /** Runs statements in one exchange, in the context of this request. */
  readonly exchange: Exchange;
  /** Puts what an exchange has committed on disk, in the context of this request; undefined if nothing is to be done. */
  readonly flush?: (() => Promise<void>) | undefined;
  /** Only requests with the same key share an exchange. */
  readonly key: string;
  /** Is aborted when the request has timed out: it is then left out, if it has not been sent. */
  readonly signal: AbortSignal;
}

export const TIMED_OUT = "the request timed out before its statements ran";

/** The failure of one request, as a result of its group. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Puts the results of a group on disk. If that fails no request of the group is acknowledged. */
export async function flushed(
  results: readonly (ExchangeResult | Failure)[],
  flush: Request["flush"],
): Promise<readonly (ExchangeResult | Failure)[]> {
  if (flush === undefined || results.every((result) => result instanceof Failure)) return results;
  try {
    await flush();
    return results;
  } catch (cause) {
    const failure = new Failure(new DatabaseUnavailable("a commit may not be on disk", { cause }));
    return results.map((result) => (result instanceof Failure ? result : failure));
  }
}

/**
 * Runs a group as one transaction. If a statement of it fails, the transaction is rolled back, and the requests run one
 * by one, so that a request's failure is its own. If the exchange fails, each request fails, and none is run again:
 * the group may have been committed.
 *
 * @returns the result of each request
 */
export async function exchangeGroup(
  first: Request,
  others: readonly Request[],
  sharesResults: boolean,
): Promise<(ExchangeResult | Failure)[]> {
  const group = [first, ...others];
  const { sent, places } = sharesResults ? distinct(group) : { sent: group, places: [...group.keys()] };
  try {
    const { rows, bookmark } = await first.exchange(
      sent.flatMap(({ statements }) => statements),
      first.signal,
    );
    let position = 0;
    const results = sent.map(({ statements }) => {
      const begin = position;
      position += statements.length;
      return { rows: rows.slice(begin, position), bookmark };
    });
    return places.map(
      (place) =>
        results[place] ?? new Failure(new DatabaseUnavailable("the group has no result for a request")),
    );
  } catch (error) {
    if (error instanceof DatabaseUnavailable || others.length === 0)
      return group.map(() => new Failure(error));
  }
  const results: (ExchangeResult | Failure)[] = [];
  for (const { statements, signal } of group) {
    results.push(
      signal.aborted
        ? new Failure(new DatabaseUnavailable(TIMED_OUT))
        : await first.exchange(statements, first.signal).catch((error: unknown) => new Failure(error)),
    );
  }
  return results;
}

/**
 * Returns the requests of a group that differ in their statements or values, and for each request of the group the
 * place of the one that is sent for it.
 */
function distinct(group: readonly Request[]): { readonly sent: Request[]; readonly places: number[] } {
  const sent: Request[] = [];
  const placeOf = new Map<string, number>();
  const places = group.map((request) => {
    const content = JSON.stringify(request.statements.map(({ sql, params }) => [sql, params]));
    const place = placeOf.get(content) ?? sent.push(request) - 1;
    placeOf.set(content, place);
    return place;
  });
  return { sent, places };
}

/** Returns the size of a request's statements and values, characters. */
export const sizeOf = ({ statements }: Request): number =>
  statements.reduce(
    (total, { sql, params }) =>
      params.reduce<number>(
        (sum, value) => sum + (typeof value === "string" ? value.length : 8),
        total + sql.length,
      ),
    0,
  );
