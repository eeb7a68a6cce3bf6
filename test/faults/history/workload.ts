import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, Client } from "../client.ts";
import type { Operation, Outcome } from "./operations.ts";

/** A volume, as far as the clients know. */
interface Known {
  readonly id: string;
  readonly noSnapshots: boolean;
  /** Who seems to own it; undefined after an answer that was lost. */
  owner: string | undefined;
  /** The offer of it that seems to be open. */
  offer: { readonly id: string; readonly auth_key: string } | undefined;
}

export interface WorkloadOptions {
  /** The Workers, each as good as another. */
  readonly urls: readonly string[];
  readonly clients: number;
  readonly volumes: number;
  readonly projects: number;
  /** Whether accepts may carry an Idempotency-Key: a Worker before 0002 knows of none. */
  readonly idempotency?: boolean;
}

/** Milliseconds, on the average, that a client does nothing between two requests. */
const PAUSE_MS = 15;
/** How often an accept that nobody answered is sent again. */
const REPETITIONS = 4;

const pick = <T>(items: readonly T[]): T => {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick");
  return item;
};

const chance = (probability: number): boolean => Math.random() < probability;

/** Clients that offer, accept, withdraw and read volumes, and remember what they were told. */
export class Workload {
  readonly operations: Operation[] = [];
  readonly #options: WorkloadOptions;
  readonly #projects: readonly string[];
  #known: readonly Known[] = [];
  #names = 0;
  #running = true;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#projects = Array.from({ length: options.projects }, (_, i) => `project${i}`);
  }

  /** Makes the volumes, half of them with snapshots. */
  async prepare(): Promise<void> {
    const made: Known[] = [];
    const numbers = Array.from({ length: this.#options.volumes }, (_, i) => i);
    for (let i = 0; i < numbers.length; i += this.#options.clients) {
      const batch = numbers.slice(i, i + this.#options.clients).map(async (n) => {
        const owner = pick(this.#projects);
        const id = await new Client(pick(this.#options.urls), owner).volume(n % 2 === 0 ? (n % 3) + 1 : 0);
        made.push({ id, noSnapshots: n % 4 === 0, owner, offer: undefined });
      });
      await Promise.all(batch);
    }
    this.#known = made;
  }

  /** Has the clients work until `stop`; returns when the last has its last answer. */
  async run(): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#options.clients }, async () => {
        while (this.#running) {
          await this.#act();
          await sleep(Math.random() * 2 * PAUSE_MS);
        }
      }),
    );
  }

  stop(): void {
    this.#running = false;
  }

  /** Now and then one hangs up before it is answered. */
  #client = (project: string): Client =>
    new Client(pick(this.#options.urls), project, chance(0.02) ? Math.ceil(Math.random() * 20) : undefined);

  /** One request, or one and what follows from it. Some volumes are asked for more often, so that requests race. */
  async #act(): Promise<void> {
    const known = pick(chance(0.3) ? this.#known.slice(0, 10) : this.#known);
    const { owner, offer } = known;
    const anyone = pick(this.#projects);
    if (owner === undefined) return this.#findOut(known);
    if (chance(0.3)) await this.#readVolume(known, chance(0.5) ? owner : anyone);
    else if (chance(0.15)) await this.#readOffer(known, chance(0.7) ? owner : anyone, offer?.id);
    else await this.#write(known, owner, anyone);
  }

  async #write(known: Known, owner: string, anyone: string): Promise<void> {
    const { offer } = known;
    if (offer === undefined) return this.#offer(known, chance(0.95) ? owner : anyone);
    if (chance(0.25)) return this.#delete(known, chance(0.95) ? owner : anyone, offer.id);
    if (chance(0.1)) return this.#offer(known, owner);
    return this.#accept(known, anyone, offer);
  }

  async #offer(known: Known, project: string): Promise<void> {
    const name = `offer ${this.#names++}`;
    const more = { name, ...(known.noSnapshots && { no_snapshots: true }) };
    const { answer, exchange } = await this.#exchange(known, project, (c) => c.offer(known.id, more));
    const transfer = answer.body.transfer;
    this.operations.push({
      kind: "offer",
      name,
      ...(transfer !== undefined && { transfer: transfer.id }),
      ...exchange,
    });
    if (transfer !== undefined) {
      known.owner = project;
      known.offer = transfer;
    } else if (exchange.outcome === "unknown") this.#forget(known);
  }

  async #accept(known: Known, project: string, offer: NonNullable<Known["offer"]>): Promise<void> {
    const idempotencyKey =
      this.#options.idempotency !== false && chance(0.5) ? crypto.randomUUID() : undefined;
    const repeats = idempotencyKey !== undefined || chance(0.5);
    for (let attempt = 0; attempt <= (repeats ? REPETITIONS : 0); attempt++) {
      const { answer, exchange } = await this.#exchange(known, project, (c) =>
        c.accept(offer, idempotencyKey),
      );
      const request = answer.headers.get("x-openstack-request-id");
      this.operations.push({
        kind: "accept",
        transfer: offer.id,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(request !== null && { request }),
        ...exchange,
      });
      if (exchange.outcome === "done") {
        // A later request may know more by now.
        if (known.offer === offer) Object.assign(known, { owner: project, offer: undefined });
        return;
      }
      this.#forget(known);
      if (exchange.outcome === "refused") return;
      await sleep(100 * (attempt + 1));
    }
  }

  async #delete(known: Known, project: string, transfer: string): Promise<void> {
    const { answer, exchange } = await this.#exchange(known, project, (c) =>
      c.delete(`volume-transfers/${transfer}`),
    );
    const request = answer.headers.get("x-openstack-request-id");
    this.operations.push({ kind: "delete", transfer, ...(request !== null && { request }), ...exchange });
    if (exchange.outcome === "done" && known.offer?.id === transfer) known.offer = undefined;
    else if (exchange.outcome === "unknown") this.#forget(known);
  }

  async #readVolume(known: Known, project: string): Promise<string | undefined> {
    const { answer, exchange } = await this.#exchange(known, project, (c) => c.get(`volumes/${known.id}`));
    const { volume } = answer.body;
    const seen = volume && { volumeStatus: volume.status };
    const outcome = exchange.status === 404 ? "done" : exchange.outcome;
    this.operations.push({ kind: "read volume", seen, ...exchange, outcome });
    return volume?.status;
  }

  /** Asks for one offer, or for those of the volume. */
  async #readOffer(known: Known, project: string, transfer?: string): Promise<string | undefined> {
    const path = transfer === undefined ? `?volume_id=${known.id}` : `/${transfer}`;
    const { answer, exchange } = await this.#exchange(known, project, (c) =>
      c.get(`volume-transfers${path}`),
    );
    const shown = answer.body.transfer ?? answer.body.transfers?.[0];
    const seen = shown && { transfer: shown.id };
    const outcome = exchange.status === 404 ? "done" : exchange.outcome;
    this.operations.push({ kind: "read offer", transfer, seen, ...exchange, outcome });
    return shown?.id;
  }

  #forget(known: Known): void {
    known.owner = undefined;
    known.offer = undefined;
  }

  /** Looks for a volume's owner, and withdraws an offer whose key nobody has. */
  async #findOut(known: Known): Promise<void> {
    for (const project of this.#projects) {
      if (known.owner !== undefined) return;
      const status = await this.#readVolume(known, project);
      if (status === undefined) continue;
      const transfer = status === "available" ? undefined : await this.#readOffer(known, project);
      if (transfer !== undefined) await this.#delete(known, project, transfer);
      known.owner ??= project;
      return;
    }
  }

  async #exchange(known: Known, project: string, send: (client: Client) => Promise<Answer>) {
    const invoked = performance.now();
    const answer = await send(this.#client(project));
    const completed = performance.now();
    const { status } = answer;
    const exchange = { project, volume: known.id, invoked, completed, status, outcome: outcomeOf(status) };
    return { answer, exchange };
  }
}

function outcomeOf(status: number): Outcome {
  if (status === 0 || status >= 500) return "unknown";
  return status < 400 ? "done" : "refused";
}
