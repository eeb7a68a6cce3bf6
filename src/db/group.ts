import type { Combination } from "./combine.ts";
import type { Exchange, ExchangeResult, Row, Statement } from "./driver.ts";

/** The statements of one request, and how to send them. */
export interface Request {
  readonly statements: readonly Statement[];
  /** How the request combines with others; undefined if it does not. */
  readonly combination?: Combination | undefined;
  /** Runs statements in one exchange, in the context of this request. */
  readonly exchange: Exchange;
  /** Puts what an exchange has committed on disk, in the context of this request; undefined if nothing is to be done. */
  readonly flush?: (() => Promise<void>) | undefined;
  /** Only requests with the same key share an exchange. */
  readonly key: string;
  /** Is aborted when the request has timed out: it is then left out, if it has not been sent. */
  readonly signal: AbortSignal;
}

/** The rows of a request's statements. */
export interface RequestResult extends ExchangeResult {
  /** Whether the statements were those of the combined form. */
  readonly combined?: true;
}

/** The limits of a group. A single request may exceed those of its size. */
export interface GroupLimits {
  readonly requests: number;
  readonly statements: number;
  /** The size of the statements and values, characters. */
  readonly characters: number;
  /** Whether requests with the same statements and values share a result: only reads may. */
  readonly sharesResults: boolean;
}

/** Requests whose statements are sent once: equal reads, or writes that are combined. */
interface Unit {
  readonly requests: [Request, ...Request[]];
  /** The statements and values, if equal requests share the result. */
  readonly content: string | undefined;
  /** The keys of the requests, if they can be combined with others. */
  readonly keys: Set<string>;
}

/** Requests that share an exchange and a transaction, and the statements that do their work. */
export class Group {
  readonly #limits: GroupLimits;
  readonly #units: Unit[] = [];
  #requests = 0;
  #statements = 0;
  #characters = 0;

  constructor(limits: GroupLimits, first: Request) {
    this.#limits = limits;
    this.#place(first, contentOf(first, limits));
  }

  /** Adds a request if it fits. */
  add(request: Request): boolean {
    if (this.#requests >= this.#limits.requests) return false;
    const content = contentOf(request, this.#limits);
    const unit = this.#unitFor(request, content);
    if (unit === undefined) {
      const { statements, characters } = this.#limits;
      if (this.#statements + request.statements.length > statements) return false;
      if (this.#characters + sizeOf(request) > characters) return false;
      this.#place(request, content);
      return true;
    }
    const size = request.combination?.input.length ?? 0;
    if (this.#characters + size > this.#limits.characters) return false;
    this.#characters += size;
    this.#requests++;
    unit.requests.push(request);
    if (request.combination !== undefined) unit.keys.add(request.combination.key);
    return true;
  }

  /** The requests, in the order in which their statements run. */
  get requests(): Request[] {
    return this.#units.flatMap(({ requests }) => requests);
  }

  /** Makes the statements, and what deals their rows to the requests. */
  prepare(): {
    readonly statements: Statement[];
    readonly deal: (result: ExchangeResult) => Map<Request, RequestResult>;
  } {
    const parts = this.#units.map((unit) => ({ unit, statements: statementsOf(unit) }));
    return {
      statements: parts.flatMap(({ statements }) => statements),
      deal: ({ rows, bookmark }) => {
        const results = new Map<Request, RequestResult>();
        let position = 0;
        for (const { unit, statements } of parts) {
          const own = rows.slice(position, position + statements.length);
          position += statements.length;
          for (const [request, result] of resultsOf(unit, own)) results.set(request, { ...result, bookmark });
        }
        return results;
      },
    };
  }

  #place(request: Request, content: string | undefined): void {
    this.#requests++;
    this.#statements += request.statements.length;
    this.#characters += sizeOf(request);
    const keys = new Set(request.combination && [request.combination.key]);
    this.#units.push({ requests: [request], content, keys });
  }

  /** Finds the unit that a request can join. */
  #unitFor({ combination }: Request, content: string | undefined): Unit | undefined {
    if (content !== undefined) return this.#units.find((unit) => unit.content === content);
    if (combination === undefined) return undefined;
    // It stays behind what may change the same: requests with its key, and those of which that is not known.
    const last = this.#units.findLastIndex(({ keys }) => keys.size === 0 || keys.has(combination.key));
    return this.#units
      .slice(last + 1)
      .find(({ requests: [first] }) => isLike(first.combination, combination));
  }
}

const isLike = (a: Combination | undefined, b: Combination): boolean =>
  a?.form === b.form && a.shared === b.shared;

const isCombined = ({ requests, content }: Unit): boolean => content === undefined && requests.length > 1;

function statementsOf(unit: Unit): readonly Statement[] {
  const [{ statements, combination }] = unit.requests;
  if (combination === undefined || !isCombined(unit)) return statements;
  const inputs = unit.requests.flatMap(({ combination }) => combination?.input ?? []);
  return combination.form.statements(combination.values, `[${inputs.join()}]`);
}

/** Returns the rows of each request of a unit. */
function resultsOf(
  unit: Unit,
  rows: ExchangeResult["rows"],
): (readonly [Request, Omit<RequestResult, "bookmark">])[] {
  if (!isCombined(unit)) return unit.requests.map((request) => [request, { rows }]);
  const byKey = rows.map(rowsByKey);
  return unit.requests.map((request) => [
    request,
    { rows: byKey.map((rowsOf) => rowsOf.get(request.combination?.key) ?? []), combined: true },
  ]);
}

/** Arranges the rows of a combined statement by their first column. */
const rowsByKey = (rows: readonly Row[]): Map<unknown, Row[]> => Map.groupBy(rows, (row) => row[0]);

/** Returns the statements and values of a request, if requests with the same share a result. */
const contentOf = ({ statements }: Request, { sharesResults }: GroupLimits): string | undefined =>
  sharesResults ? JSON.stringify(statements.map(({ sql, params }) => [sql, params])) : undefined;

/** Returns the size of a request's statements and values, characters. */
const sizeOf = ({ statements }: Request): number =>
  statements.reduce(
    (total, { sql, params }) =>
      params.reduce<number>(
        (sum, value) => sum + (typeof value === "string" ? value.length : 8),
        total + sql.length,
      ),
    0,
  );
