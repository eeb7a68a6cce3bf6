import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A request to send. */
export interface LoadRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Relative to the project's path. */
  readonly path: string;
  readonly project: string;
  readonly body?: object;
  /** Called with the response; the status is 0 if the connection failed. */
  readonly onResponse?: (status: number, body: string) => void;
}

export interface LoadResult {
  /** 0 if the connection failed. */
  readonly status: number;
  /** Milliseconds from the request to the end of the response. */
  readonly ms: number;
  readonly retryAfter: string | undefined;
  /** Why the connection failed. */
  readonly error?: string;
}

/** The limit of concurrent connections. */
const MAX_SOCKETS = 1000;
/**
 * How long a connection may be idle, in milliseconds. workerd closes an idle connection after five seconds. A request
 * that is sent at that moment would fail.
 */
const MAX_IDLE_MS = 2000;
/** The pause between two bursts of an open loop, in milliseconds. */
const TICK_MS = 5;

/** Generates load on one server, over keep-alive connections. */
export class LoadGenerator {
  readonly #url: string;
  readonly #next: () => LoadRequest;
  readonly #agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_SOCKETS,
    timeout: MAX_IDLE_MS,
  });

  /** @param next returns the next request */
  constructor(url: string, next: () => LoadRequest) {
    this.#url = url;
    this.#next = next;
  }

  /**
   * Runs a closed loop: each client waits for a response before it sends its next request.
   *
   * @param clients how many clients run concurrently
   */
  async closedLoop(clients: number, seconds: number): Promise<LoadResult[]> {
    const results: LoadResult[] = [];
    const end = performance.now() + seconds * 1000;
    const client = async () => {
      while (performance.now() < end) results.push(await this.#send());
    };
    await Promise.all(Array.from({ length: clients }, client));
    return results;
  }

  /**
   * Runs an open loop: sends requests at a constant rate, whether or not earlier ones have been answered.
   *
   * @param perSecond the rate
   * @returns the results, and how many requests were not sent because all connections were busy
   */
  async openLoop(perSecond: number, seconds: number): Promise<{ results: LoadResult[]; notSent: number }> {
    const start = performance.now();
    const total = Math.round(perSecond * seconds);
    const results: LoadResult[] = [];
    const inFlight = new Set<Promise<void>>();
    let notSent = 0;
    for (let due = 0, issued = 0; issued < total; await sleep(TICK_MS)) {
      due = Math.min(total, ((performance.now() - start) / 1000) * perSecond);
      for (; issued < due; issued++) {
        if (inFlight.size >= MAX_SOCKETS) {
          notSent++;
          continue;
        }
        const finished = this.#send().then((result) => {
          results.push(result);
          inFlight.delete(finished);
        });
        inFlight.add(finished);
      }
    }
    await Promise.all(inFlight);
    return { results, notSent };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(): Promise<LoadResult> {
    const sent = performance.now();
    const { method, path, project, body, onResponse } = this.#next();
    try {
      const outgoing = request(`${this.#url}/v3/${project}/${path}`, {
        agent: this.#agent,
        method,
        headers: {
          "X-Auth-Token": `${project}:${project}`,
          "OpenStack-API-Version": "volume 3.55",
          "Content-Type": "application/json",
        },
      });
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      const [response]: IncomingMessage[] = await once(outgoing, "response");
      if (response === undefined) throw new Error("no response");
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const status = response.statusCode ?? 0;
      onResponse?.(status, Buffer.concat(chunks).toString());
      return { status, ms: performance.now() - sent, retryAfter: response.headers["retry-after"] };
    } catch (error) {
      onResponse?.(0, "");
      return { status: 0, ms: performance.now() - sent, retryAfter: undefined, error: String(error) };
    }
  }
}
