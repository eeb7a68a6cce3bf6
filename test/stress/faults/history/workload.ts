import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { Client } from "../../../support/client.ts";
import type { Operation, Outcome, Write } from "./operations.ts";
import { RecordingClient, type TransferKey } from "./recording_client.ts";

/** A volume as the clients know it. Other clients may have changed it since. */
interface KnownVolume {
  readonly id: string;
  /** Whether transfers of this volume leave its snapshots with the donor. */
  readonly noSnapshots: boolean;
  /** Undefined after a request of unknown outcome. */
  owner: string | undefined;
  openTransfer: (TransferKey & { readonly destination: string | undefined }) | undefined;
}

export interface WorkloadOptions {
  /** The addresses of the Workers. Each request goes to a random one. */
  readonly urls: readonly string[];
  readonly clients: number;
  readonly volumes: number;
  readonly projects: number;
  /** Whether requests use what Cinder does not have, such as expires_at, decline and rekey; true by default. */
  readonly extensions?: boolean;
  /** Whether clients wait for every response, and send no Idempotency-Key; false by default. */
  readonly plain?: boolean;
  /** Closes expired transfers, as the cron trigger does. It may fail. */
  readonly sweep?: () => Promise<unknown>;
}

/** The mean think time of a client between two requests, in milliseconds. */
const THINK_MS = 15;
/** The range of the time until a transfer expires, in milliseconds. */
const EXPIRY_MS = { min: 50, max: 3000 };
/** The pause between two sweeps, in milliseconds. A transfer is expired but open for this long at most. */
const SWEEP_MS = 1000;
/** How often a client repeats an accept of unknown outcome. */
const MAX_RETRIES = 4;
/** How many volumes get an extra share of the requests, so that requests race. */
const CONTENDED_VOLUMES = 10;
/** How long to wait for the workload, in milliseconds. The limit only ends a run that is stuck. */
const PATIENCE = { timeout: 120_000, interval: 50 };
/** The variables that the workload needs: it guesses keys, and the checker does not count failed attempts. */
export const UNLIMITED_ATTEMPTS = { MAX_ACCEPT_ATTEMPTS: "999999", MAX_ACCEPT_ATTEMPTS_TOTAL: "1000000" };
export const WRITE_KINDS = [
  "create",
  "accept",
  "delete",
  "decline",
  "rekey",
] as const satisfies readonly Write["kind"][];
/** Those that Cinder has. */
const CINDERS = WRITE_KINDS.slice(0, 3);

const chance = (probability: number): boolean => Math.random() < probability;

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error("cannot pick from an empty list");
  return item;
}

/** Concurrent clients that create, accept, delete and show transfers at random, and record the history. */
export class Workload {
  readonly #options: WorkloadOptions;
  readonly #projects: readonly string[];
  readonly #client: RecordingClient;
  #volumes: readonly KnownVolume[] = [];
  #running = true;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#projects = Array.from({ length: options.projects }, (_, i) => `project${i}`);
    this.#client = new RecordingClient(
      () => pick(options.urls),
      () =>
        options.plain !== true && chance(0.02)
          ? AbortSignal.timeout(Math.ceil(Math.random() * 20))
          : undefined,
    );
  }

  /** The recorded history so far. */
  get operations(): readonly Operation[] {
    return this.#client.operations;
  }

  /** Creates the volumes, half of them with snapshots. */
  async prepare(): Promise<void> {
    const { clients, volumes, urls } = this.#options;
    const known: KnownVolume[] = [];
    let next = 0;
    const createVolumes = async () => {
      for (let n = next++; n < volumes; n = next++) {
        const owner = pick(this.#projects);
        const client = new Client(pick(urls), { project: owner });
        const id = await client.createVolume();
        const snapshots = n % 2 === 0 ? (n % 3) + 1 : 0;
        for (let i = 0; i < snapshots; i++) await client.createSnapshot(id);
        known.push({ id, noSnapshots: n % 4 === 0, owner, openTransfer: undefined });
      }
    };
    await Promise.all(Array.from({ length: clients }, createVolumes));
    this.#volumes = known;
  }

  /** Runs the clients until `stop` is called, and returns after the last response. */
  async run(): Promise<void> {
    const work = async () => {
      while (this.#running) {
        await this.#step();
        await sleep(Math.random() * 2 * THINK_MS);
      }
    };
    const sweep = async () => {
      while (this.#running) {
        await this.#options.sweep?.().catch(() => {
          // The next sweep makes up for it.
        });
        await sleep(SWEEP_MS);
      }
    };
    await Promise.all([sweep(), ...Array.from({ length: this.#options.clients }, work)]);
  }

  stop(): void {
    this.#running = false;
  }

  /** Returns how many writes of a kind have an outcome so far. */
  count = (kind: Write["kind"], outcome: Outcome): number => this.#client.count(kind, outcome);

  /** Waits until more writes of every kind were acknowledged. */
  async untilAcknowledged(more: number): Promise<void> {
    const kinds = this.#options.extensions === false ? CINDERS : WRITE_KINDS;
    const goals = kinds.map((kind) => [kind, this.count(kind, "ok") + more] as const);
    await vi.waitFor(() => {
      for (const [kind, goal] of goals) expect(this.count(kind, "ok"), kind).toBeGreaterThanOrEqual(goal);
    }, PATIENCE);
  }

  /** Waits until more requests have failed: with a 5xx, or without a response. */
  async untilFailed(more: number): Promise<void> {
    const total = () => this.operations.filter(({ status }) => status === 0 || status >= 500).length;
    const goal = total() + more;
    await vi.waitFor(() => expect(total()).toBeGreaterThanOrEqual(goal), PATIENCE);
  }

  async #step(): Promise<void> {
    const volume = pick(chance(0.3) ? this.#volumes.slice(0, CONTENDED_VOLUMES) : this.#volumes);
    const { id, owner, openTransfer } = volume;
    const anyProject = pick(this.#projects);
    if (owner === undefined) await this.#recover(volume);
    else if (chance(0.3)) await this.#client.showVolume(id, chance(0.5) ? owner : anyProject);
    else if (chance(0.15)) {
      await this.#client.showTransfer(id, chance(0.7) ? owner : anyProject, openTransfer?.id);
    } else await this.#write(volume, owner, anyProject);
  }

  async #write(volume: KnownVolume, owner: string, anyProject: string): Promise<void> {
    const { openTransfer } = volume;
    const { extensions = true } = this.#options;
    const mostlyOwner = chance(0.95) ? owner : anyProject;
    if (openTransfer === undefined) await this.#create(volume, mostlyOwner);
    else if (extensions && chance(0.1)) await this.#rekey(volume, mostlyOwner, openTransfer);
    else if (extensions && chance(0.15))
      await this.#decline(
        volume,
        chance(0.2) ? anyProject : (openTransfer.destination ?? anyProject),
        openTransfer,
      );
    else if (chance(0.25)) await this.#delete(volume, mostlyOwner, openTransfer.id);
    else if (chance(0.1)) await this.#create(volume, owner);
    else
      await this.#accept(
        volume,
        chance(0.1) ? anyProject : (openTransfer.destination ?? anyProject),
        openTransfer,
      );
  }

  async #create(volume: KnownVolume, project: string): Promise<void> {
    const { extensions = true } = this.#options;
    const { min, max } = EXPIRY_MS;
    const expiresAt =
      extensions && chance(0.3) ? Math.round(Date.now() + min + Math.random() * (max - min)) : undefined;
    const destination = extensions && chance(0.3) ? pick(this.#projects) : undefined;
    const keyless = destination !== undefined && chance(0.4);
    const { outcome, transfer } = await this.#client.create(volume.id, project, {
      noSnapshots: volume.noSnapshots,
      keyless,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(destination !== undefined && { destination }),
    });
    if (transfer !== undefined) {
      Object.assign(volume, { owner: project, openTransfer: { ...transfer, destination } });
    } else if (outcome === "unknown") forget(volume);
  }

  async #accept(volume: KnownVolume, project: string, transfer: TransferKey): Promise<void> {
    const { extensions = true, plain = false } = this.#options;
    const idempotencyKey = extensions && !plain && chance(0.5) ? crypto.randomUUID() : undefined;
    const retries = idempotencyKey !== undefined || chance(0.5) ? MAX_RETRIES : 0;
    for (let attempt = 0; attempt <= retries; attempt++) {
      const outcome = await this.#client.accept(volume.id, project, transfer, idempotencyKey);
      if (outcome === "ok") {
        // Another client may have created a transfer of the volume since.
        if (volume.openTransfer?.id === transfer.id) {
          Object.assign(volume, { owner: project, openTransfer: undefined });
        }
        return;
      }
      forget(volume);
      if (outcome === "fail") return;
      await sleep(100 * (attempt + 1));
    }
  }

  async #decline(volume: KnownVolume, project: string, transfer: TransferKey): Promise<void> {
    const withKey = chance(0.8) ? transfer : { ...transfer, auth_key: "" };
    const outcome = await this.#client.decline(volume.id, project, withKey);
    if (outcome === "ok" && volume.openTransfer?.id === transfer.id) volume.openTransfer = undefined;
    else if (outcome === "unknown") forget(volume);
  }

  async #rekey(volume: KnownVolume, project: string, transfer: TransferKey): Promise<void> {
    const { outcome, key } = await this.#client.rekey(volume.id, project, transfer.id);
    // Other clients may use the earlier key until they see the new one.
    if (key !== undefined && volume.openTransfer?.id === transfer.id)
      volume.openTransfer = { ...volume.openTransfer, auth_key: key };
    else if (outcome === "unknown") forget(volume);
  }

  async #delete(volume: KnownVolume, project: string, transfer: string): Promise<void> {
    const outcome = await this.#client.delete(volume.id, project, transfer);
    if (outcome === "ok" && volume.openTransfer?.id === transfer) volume.openTransfer = undefined;
    else if (outcome === "unknown") forget(volume);
  }

  /** Looks for the owner of a volume, and deletes a transfer whose `auth_key` no client has. */
  async #recover(volume: KnownVolume): Promise<void> {
    for (const project of this.#projects) {
      if (volume.owner !== undefined) return;
      const status = await this.#client.showVolume(volume.id, project);
      if (status === undefined) continue;
      const transfer =
        status === "available" ? undefined : await this.#client.showTransfer(volume.id, project);
      if (transfer !== undefined) await this.#delete(volume, project, transfer);
      volume.owner ??= project;
      return;
    }
  }
}

function forget(volume: KnownVolume): void {
  volume.owner = undefined;
  volume.openTransfer = undefined;
}
