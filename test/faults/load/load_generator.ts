import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A request to send. */
export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly project: string;
  readonly body?: object;
  /** Told of the answer; 0 is none. */
  readonly onAnswer?: (status: number, body: string) => void;
}

/** What came of it. */
export interface Result {
  /** 0: the connection failed. */
  readonly status: number;
  /** Milliseconds to its whole answer. */
  readonly ms: number;
  readonly retryAfter: string | undefined;
}

/** The most connections at once. */
const MAX_SOCKETS = 1000;
/** Milliseconds between two bursts of an open loop. */
const TICK_MS = 5;

/** Sends requests to one server, over connections that stay open. */
export class Generator {
  readonly #url: string;
  readonly #next: () => Call;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS });

  /** @param next what to ask next */
  constructor(url: string, next: () => Call) {
    this.#url = url;
    this.#next = next;
  }

  /** So many clients, each of which waits for its answer before it asks again. */
  async closedLoop(clients: number, seconds: number): Promise<Result[]> {
    const results: Result[] = [];
    const end = performance.now() + seconds * 1000;
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (performance.now() < end) results.push(await this.#send());
      }),
    );
    return results;
  }

  /**
   * So many requests a second, whether or not those before have been answered. While all connections wait for an
   * answer, those that are due are not sent.
   */
  async openLoop(perSecond: number, seconds: number): Promise<{ results: Result[]; notSent: number }> {
    const start = performance.now();
    const total = Math.round(perSecond * seconds);
    const results: Result[] = [];
    const pending = new Set<Promise<void>>();
    let notSent = 0;
    for (let made = 0; made < total; ) {
      const due = Math.min(total, ((performance.now() - start) / 1000) * perSecond);
      for (; made < due; made++) {
        if (pending.size >= MAX_SOCKETS) {
          notSent++;
          continue;
        }
        const answered = this.#send().then((result) => {
          results.push(result);
          pending.delete(answered);
        });
        pending.add(answered);
      }
      await sleep(TICK_MS);
    }
    await Promise.all(pending);
    return { results, notSent };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(): Promise<Result> {
    const sent = performance.now();
    const { method, path, project, body, onAnswer } = this.#next();
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
      onAnswer?.(status, Buffer.concat(chunks).toString());
      return { status, ms: performance.now() - sent, retryAfter: response.headers["retry-after"] };
    } catch {
      onAnswer?.(0, "");
      return { status: 0, ms: performance.now() - sent, retryAfter: undefined };
    }
  }
}
