import type { Instance } from "./instance.ts";
import type { Random } from "./random.ts";
import { type Scheduler, type Scope, scopes } from "./scheduler.ts";

/** A request of a client. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly scope: Scope;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  answeredAt?: number;
  status?: number;
  /** The body of the response. */
  text?: string;
}

/** The host by which clients reach any instance. */
export const SERVICE = "http://service.test";

/** Returns the address of an instance. */
export const addressOf = ({ name }: Scope): string => `http://${name}.test`;

/** Answers requests to a host beside the service. */
export type Peer = (request: Request) => Promise<Response>;

/** Connects clients to instances, and instances to their peers. */
export class Network {
  /** All requests of clients, in the order in which they arrived. */
  readonly exchanges: Exchange[] = [];
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #instances: () => readonly Instance[];
  readonly #peers: Readonly<Record<string, Peer>>;

  /** @param peers the peers by their host names */
  constructor(
    scheduler: Scheduler,
    random: Random,
    instances: () => readonly Instance[],
    peers: Readonly<Record<string, Peer>>,
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#instances = instances;
    this.#peers = peers;
  }

  fetch = (request: Request): Promise<Response> => {
    const { origin, host } = new URL(request.url);
    const peer = this.#peers[host];
    const answer = peer === undefined ? this.#toService(request, origin) : this.#toPeer(request, peer);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
    return Promise.race([answer, aborted]);
  };

  /** Sends a request of a client to any instance, or to that with the address. */
  #toService(request: Request, address: string): Promise<Response> {
    const { method, url } = request;
    return new Promise((resolve, reject) => {
      const lost = () => reject(new TypeError("fetch failed"));
      this.#scheduler.schedule(`request ${method} ${new URL(url).pathname}`, this.#ms(), () => {
        const instances = this.#instances();
        const instance =
          address === SERVICE
            ? this.#random.pick(instances)
            : instances.find(({ scope }) => addressOf(scope) === address);
        if (instance === undefined) return lost();
        const scope = instance.newScope();
        const exchange: Exchange = {
          method,
          path: new URL(url).pathname,
          scope,
          sentAt: this.#scheduler.now,
        };
        this.exchanges.push(exchange);
        void scope.ended.then(lost);
        void instance.fetch(request, scope).then(async (response) => {
          const text = await response.text();
          const { status, headers } = response;
          Object.assign(exchange, { answeredAt: this.#scheduler.now, status, text });
          this.#scheduler.schedule(`response ${scope.name} ${status}`, this.#ms(), () =>
            resolve(new Response(status === 204 ? null : text, { status, headers })),
          );
        });
      });
    });
  }

  /** Sends a request of an instance. It arrives, even if the instance has ended. */
  #toPeer(request: Request, peer: Peer): Promise<Response> {
    const scope = scopes.getStore();
    return new Promise((resolve, reject) => {
      scopes.run(undefined, () =>
        this.#scheduler.schedule(`${scope?.name} sends ${request.url}`, this.#ms(), () => {
          const answer = (complete: () => void) =>
            scopes.run(scope, () =>
              this.#scheduler.schedule(`answer of ${request.url}`, this.#ms(), complete),
            );
          peer(request).then(
            (response) => answer(() => resolve(response)),
            (error: unknown) => answer(() => reject(error)),
          );
        }),
      );
    });
  }

  #ms = (): number => this.#random.between(0, 3);
}
