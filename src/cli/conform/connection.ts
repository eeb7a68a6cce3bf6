import { setTimeout as sleep } from "node:timers/promises";
import { type Exchange, type Party, parseJson, type Sent } from "./exchange.ts";
import { NotJudged, Violation } from "./violations.ts";

/** The longest time until a response, milliseconds. */
const TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 3;
/** The longest wait that a 429 can ask for, seconds. */
const MAX_WAIT = 61;

/** Sends requests to an endpoint, until it is closed. */
export class Connection {
  readonly #base: string;
  readonly #onExchange: (exchange: Exchange) => void;
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  /** The microversion of requests that name none. */
  microversion = "3.0";

  /** @param base the URL of the endpoint without `/v3` */
  constructor(base: string, onExchange: (exchange: Exchange) => void) {
    this.#base = base;
    this.#onExchange = onExchange;
  }

  /**
   * Sends a request. Repeats it when the endpoint asks to wait (429).
   *
   * @throws Violation if there is no response
   * @throws NotJudged if the connection is closed
   */
  async send(party: Party, sent: Sent): Promise<Exchange> {
    if (this.#closing.signal.aborted) throw new NotJudged("the command was stopped");
    const exchange = this.#attempt(party, sent, 1);
    this.#inFlight.add(exchange);
    try {
      return await exchange;
    } finally {
      this.#inFlight.delete(exchange);
    }
  }

  /** Sends no further request, and waits until none is in flight. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#inFlight);
  }

  async #attempt(party: Party, sent: Sent, attempt: number): Promise<Exchange> {
    const { method = "GET", path, body, raw } = sent;
    const { microversion = this.microversion, version = `volume ${microversion}` } = sent;
    const url = this.#base + (path.startsWith("/") ? path : `/v3/${party.project}/${path}`);
    const requestBody = raw?.text ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = raw?.type ?? (body === undefined ? undefined : "application/json");
    const requestHeaders: Record<string, string> = {};
    if (version !== null) requestHeaders["OpenStack-API-Version"] = version;
    if (type !== undefined) requestHeaders["Content-Type"] = type;
    const request = {
      party: sent.anonymous ? undefined : party,
      ...{ method, path, url, requestHeaders, requestBody },
    };
    const response = await respond(url, {
      method,
      headers: { ...requestHeaders, ...(!sent.anonymous && { "X-Auth-Token": party.token }) },
      redirect: "manual",
      body: requestBody ?? null,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 429 && attempt < MAX_ATTEMPTS && !this.#closing.signal.aborted) {
      const seconds = Math.min(Number(response.headers.get("retry-after")) || 1, MAX_WAIT);
      await sleep(seconds * 1000, undefined, { signal: this.#closing.signal }).catch(() => {});
      return this.#attempt(party, sent, attempt + 1);
    }
    const exchange = { ...request, ...response, json: parseJson(response.text) };
    this.#onExchange(exchange);
    return exchange;
  }
}

/**
 * Sends a request and reads the response.
 *
 * @throws Violation if there is none, or not all of it
 */
async function respond(
  url: string,
  init: RequestInit,
): Promise<Pick<Exchange, "status" | "headers" | "text">> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Violation("a response", `no response from ${url}: ${reason}`);
  }
}

/** Sends requests of one user. */
export class Caller {
  readonly party: Party;
  readonly #connection: Connection;

  constructor(connection: Connection, party: Party) {
    this.party = party;
    this.#connection = connection;
  }

  get project(): string {
    return this.party.project;
  }

  send = (sent: Sent): Promise<Exchange> => this.#connection.send(this.party, sent);
  get = (path: string, microversion?: string): Promise<Exchange> =>
    this.send({ path, ...(microversion !== undefined && { microversion }) });
  post = (path: string, body: unknown, microversion?: string): Promise<Exchange> =>
    this.send({ method: "POST", path, body, ...(microversion !== undefined && { microversion }) });
  delete = (path: string): Promise<Exchange> => this.send({ method: "DELETE", path });
}

/** As whom a run works. */
export interface Callers {
  /** A user of the project that offers volumes. */
  readonly owner: Caller;
  /** A user of the project that accepts them. */
  readonly other: Caller;
  readonly admin: Caller | undefined;
}
