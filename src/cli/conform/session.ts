import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import type { Caller, Callers } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { expectBody } from "./expect.ts";
import type { Made } from "./made.ts";
import { removeAs, removeSnapshot } from "./remove.ts";
import * as shapes from "./shapes.ts";
import { NotJudged } from "./violations.ts";

/** The path of transfers since 3.55, and the older one. */
export const TRANSFERS = "volume-transfers";
export const OLDER_PATH = "os-volume-transfer";
/** A well-formed id of nothing. */
export const UNKNOWN_ID = "aaaaaaaa-1111-4222-8333-444444444444";
/** A well-formed `auth_key` of no transfer. */
export const WRONG_KEY = "0123456789abcdef";

/** How long a volume or snapshot may take until it has a status, or is gone, milliseconds. */
const WAIT_MS = 60_000;
/** How long the volumes of earlier rules may take until they are gone, milliseconds. */
const DISCARD_MS = 10_000;
const POLL_MS = 200;

/** Why a rule of an admin cannot be judged. */
export const NEEDS_ADMIN = "it needs the token of an admin";

/** An open transfer with its `auth_key`. */
export type Offer = z.output<typeof shapes.offered>["transfer"];

/** The endpoint that rules judge, as its users see it, with volumes and transfers to try it on. */
export class Session implements Callers {
  /** The minor number of the newest microversion. */
  readonly newest: number;
  readonly owner: Caller;
  readonly other: Caller;
  readonly admin: Caller | undefined;
  readonly made: Made;
  /** Available volumes of the owner without snapshots. */
  readonly #free: string[] = [];
  /** The volumes that the present rule uses. */
  #lent: string[] = [];
  /** Transfers that several rules use. */
  readonly #kept = new Set<string>();
  /** Volumes that no rule uses any more, until they are gone. */
  readonly #unwanted = new Set<string>();

  constructor({ owner, other, admin }: Callers, made: Made, newest: number) {
    this.owner = owner;
    this.other = other;
    this.admin = admin;
    this.made = made;
    this.newest = newest;
  }

  /** @throws NotJudged if there is no admin */
  requireAdmin(): Caller {
    if (this.admin === undefined) throw new NotJudged(NEEDS_ADMIN);
    return this.admin;
  }

  /** Returns a volume of the owner that is available and has no snapshots. */
  async volume(): Promise<string> {
    for (let id = this.#free.pop(); id !== undefined; id = this.#free.pop()) {
      if ((await this.statusOf("volume", id, this.owner)) !== "available") this.#unwanted.add(id);
      else {
        this.#lent.push(id);
        return id;
      }
    }
    return this.#create(this.owner, {});
  }

  /** Creates a volume for the present rule alone. */
  async createVolume(caller: Caller, properties: object = {}): Promise<string> {
    const id = await this.#create(caller, properties);
    this.made.spoiled.add(id);
    return id;
  }

  /**
   * Creates a volume, and waits until it is available.
   *
   * @throws NotJudged if the endpoint creates none
   */
  async #create(caller: Caller, properties: object): Promise<string> {
    const body = { volume: { size: 1, name: this.made.name, ...properties } };
    const { volume } = prepared(await caller.post("volumes", body), shapes.volume);
    this.#lent.push(volume.id);
    await this.until("volume", volume.id, "available", caller);
    return volume.id;
  }

  /** Creates a snapshot of a volume, and waits until it is available. */
  async createSnapshot(volume_id: string): Promise<string> {
    const body = { snapshot: { volume_id, name: this.made.name } };
    const { snapshot } = prepared(await this.owner.post("snapshots", body), shapes.snapshot);
    await this.until("snapshot", snapshot.id, "available", this.owner);
    return snapshot.id;
  }

  /** Creates a transfer, by default of a volume of the owner. */
  async offer(volume_id?: string, properties: object = {}, caller: Caller = this.owner): Promise<Offer> {
    const body = { transfer: { volume_id: volume_id ?? (await this.volume()), ...properties } };
    return expectBody(await caller.post(TRANSFERS, body), 202, shapes.offered).transfer;
  }

  /** Sends an accept. */
  accept = (caller: Caller, id: string, auth_key: unknown): Promise<Exchange> =>
    caller.post(`${TRANSFERS}/${id}/accept`, { accept: { auth_key } });

  /** Returns the status of a volume or snapshot; undefined if the caller does not find it. */
  async statusOf(kind: "volume" | "snapshot", id: string, caller: Caller): Promise<string | undefined> {
    const { json } = await caller.get(`${kind}s/${id}`);
    return kind === "volume"
      ? shapes.volume.safeParse(json).data?.volume.status
      : shapes.snapshot.safeParse(json).data?.snapshot.status;
  }

  /**
   * Waits until a volume or snapshot has a status, or with undefined until it is gone.
   *
   * @throws NotJudged if that takes too long
   */
  async until(
    kind: "volume" | "snapshot",
    id: string,
    wanted: string | undefined,
    caller: Caller,
  ): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const status = await this.statusOf(kind, id, caller);
      if (status === wanted) return;
      if (Date.now() > deadline || status === "error")
        throw new NotJudged(`the ${kind} ${id} is ${status ?? "gone"}, not ${wanted ?? "gone"}`);
      await sleep(POLL_MS);
    }
  }

  /** Keeps the transfers and volumes of the present rule until the end of the run. */
  keep(): void {
    for (const id of this.made.transfers.keys()) this.#kept.add(id);
    this.#lent = [];
  }

  /** Deletes the transfers of a rule that has ended, and the volumes that the next rules cannot use. */
  async settle(): Promise<void> {
    for (const id of this.made.transfers.keys()) {
      if (this.#kept.has(id)) continue;
      for (const user of this.#users) if ((await user.delete(`${TRANSFERS}/${id}`)).status < 300) break;
    }
    for (const id of this.#lent) {
      if (this.made.spoiled.has(id)) this.#unwanted.add(id);
      else this.#free.push(id);
    }
    this.#lent = [];
    await this.#discard();
  }

  /** Waits until the volumes of earlier rules are gone. */
  async untilDiscarded(): Promise<void> {
    const deadline = Date.now() + DISCARD_MS;
    while (this.#unwanted.size > 0 && Date.now() < deadline) {
      await sleep(POLL_MS);
      await this.#discard();
    }
  }

  /** Deletes the volumes that no rule uses any more, and their snapshots. */
  async #discard(): Promise<void> {
    for (const id of this.#unwanted) {
      for (const [snapshot, volume_id] of this.made.snapshots) {
        if (volume_id !== id) continue;
        if ((await removeSnapshot(this.#users, snapshot)) === "gone") this.made.snapshots.delete(snapshot);
      }
      if ((await removeAs(this.#users, `volumes/${id}`)) !== "gone") continue;
      this.#unwanted.delete(id);
      this.made.volumes.delete(id);
    }
  }

  get #users(): readonly Caller[] {
    return [this.owner, this.other];
  }
}

/**
 * Prepares something once that several rules use. It is kept until the end of the run.
 *
 * @throws what the preparation throws, for each of the rules
 */
export function shared<Value>(
  prepare: (session: Session) => Promise<Value>,
): (session: Session) => Promise<Value> {
  const values = new WeakMap<Session, Promise<Value>>();
  return (session) => {
    const value = values.get(session) ?? prepare(session).finally(() => session.keep());
    values.set(session, value);
    return value;
  };
}

/**
 * Returns the body of a response to a preparation.
 *
 * @throws NotJudged if it was refused
 */
function prepared<Schema extends z.ZodType>(exchange: Exchange, schema: Schema): z.output<Schema> {
  const { data } = schema.safeParse(exchange.json);
  if (exchange.status < 300 && data !== undefined) return data;
  throw new NotJudged(`${exchange.method} ${exchange.path} got ${exchange.status}: ${exchange.text}`);
}
