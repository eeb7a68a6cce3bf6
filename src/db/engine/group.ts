import type { Exchange, ExchangeResult, Statement } from "./driver.ts";

/** The statements of one request, and how to send them. */
export interface Request {
  readonly statements: readonly Statement[];
  /** Runs statements in one exchange, in the context of this request. */
  readonly exchange: Exchange;
  /** Only requests with the same key share an exchange. */
  readonly key: string;
  /** Is aborted when the request has timed out: it is then left out, if it has not been sent. */
  readonly signal: AbortSignal;
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

/** Requests whose statements are sent once: one request, or equal reads. */
interface Unit {
  readonly requests: [Request, ...Request[]];
  /** The statements and values, if equal requests share the result. */
  readonly content: string | undefined;
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
    const equal = content === undefined ? undefined : this.#units.find((unit) => unit.content === content);
    if (equal === undefined) {
      const { statements, characters } = this.#limits;
      if (this.#statements + request.statements.length > statements) return false;
      if (this.#characters + sizeOf(request) > characters) return false;
      this.#place(request, content);
    } else {
      this.#requests++;
      equal.requests.push(request);
    }
    return true;
  }

  /** The requests, in the order in which their statements run. */
  get requests(): Request[] {
    return this.#units.flatMap(({ requests }) => requests);
  }

  /** Makes the statements, and what deals their rows to the requests. */
  prepare(): {
    readonly statements: Statement[];
    readonly deal: (result: ExchangeResult) => Map<Request, ExchangeResult>;
  } {
    return {
      statements: this.#units.flatMap(({ requests: [first] }) => first.statements),
      deal: ({ rows, bookmark }) => {
        const results = new Map<Request, ExchangeResult>();
        let position = 0;
        for (const { requests } of this.#units) {
          const end = position + requests[0].statements.length;
          const result = { rows: rows.slice(position, end), bookmark };
          for (const request of requests) results.set(request, result);
          position = end;
        }
        return results;
      },
    };
  }

  #place(request: Request, content: string | undefined): void {
    this.#requests++;
    this.#statements += request.statements.length;
    this.#characters += sizeOf(request);
    this.#units.push({ requests: [request], content });
  }
}

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
