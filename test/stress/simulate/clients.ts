import { WRONG_KEY } from "../../support/client.ts";
import { RecordingClient, type TransferKey } from "../faults/history/recording_client.ts";
import { tolerantClient } from "../faults/tolerant_client.ts";
import { SERVICE } from "./network.ts";
import type { Plan } from "./plan.ts";
import type { Profile } from "./profile.ts";
import { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** A volume as the clients know it. Other clients may have changed it since. */
interface KnownVolume {
  readonly id: string;
  /** Undefined after a request of unknown outcome. */
  owner: string | undefined;
  openTransfer: (TransferKey & { readonly destination: string | undefined }) | undefined;
}

export const PROJECTS = ["alpha", "beta", "gamma", "delta"] as const;

/** The time that a client waits for a response before it hangs up, milliseconds. */
const PATIENCE_MS = 20_000;

/** Clients that create, accept, delete, decline, rekey and show transfers of a few volumes, and record the history. */
export class Clients {
  readonly recorder: RecordingClient;
  readonly #plan: Plan;
  readonly #scheduler: Scheduler;
  /** Whether they send keys that are wrong: only while attempts are not limited, which the history does not show. */
  readonly #guesses: boolean;
  readonly #volumes: readonly KnownVolume[];
  readonly #clients: number;
  readonly #steps: number;
  readonly #thinkMs: number;

  /** @param volumes the volumes, by the projects that own them at first */
  constructor(
    plan: Plan,
    { attempts }: Profile,
    scheduler: Scheduler,
    random: Random,
    volumes: readonly { readonly id: string; readonly project: string }[],
  ) {
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#guesses = attempts === undefined;
    this.#clients = random.between(2, 6);
    this.#steps = Math.ceil(random.between(30, 70) / this.#clients);
    this.#thinkMs = random.pick([5, 30, 300, 3000]);
    const count = random.between(1, volumes.length);
    this.#volumes = volumes.slice(0, count).map(({ id, project }) => ({
      id,
      owner: project,
      openTransfer: undefined,
    }));
    const hangsUp = random.chance(0.3);
    this.recorder = new RecordingClient(
      () => SERVICE,
      () => AbortSignal.timeout(hangsUp && random.chance(0.05) ? random.between(1, 40) : PATIENCE_MS),
    );
  }

  /** Lets them work, at once. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#clients }, (_, i) => this.#run(i + 1)));
  }

  async #run(client: number): Promise<void> {
    for (let step = 1; step <= this.#steps; step++) {
      const name = `${client}.${step}`;
      const random = new Random(`${this.#plan.seed} step ${name}`);
      await this.#scheduler.sleep(random.between(0, this.#thinkMs));
      if (this.#plan.includes(name)) await this.#step(random);
    }
  }

  async #step(random: Random): Promise<void> {
    const volume = random.chance(0.5) ? random.pick(this.#volumes.slice(0, 1)) : random.pick(this.#volumes);
    const { id, owner, openTransfer } = volume;
    const any = random.pick(PROJECTS);
    if (owner === undefined) return this.#recover(volume);
    if (random.chance(0.15))
      return void (await this.recorder.showVolume(id, random.chance(0.5) ? owner : any));
    if (random.chance(0.1))
      return void (await this.recorder.showTransfer(id, random.chance(0.7) ? owner : any, openTransfer?.id));
    const project = random.chance(0.95) ? owner : any;
    if (openTransfer === undefined || random.chance(0.1)) return this.#create(random, volume, project);
    if (random.chance(0.08)) return this.#preview(random.pick(PROJECTS), openTransfer);
    const recipient = random.chance(0.8) ? (openTransfer.destination ?? any) : any;
    if (random.chance(0.12) && this.#guesses) return this.#rekey(volume, project, openTransfer);
    if (random.chance(0.12)) return this.#decline(random, volume, recipient, openTransfer);
    if (random.chance(0.2)) return this.#delete(volume, project, openTransfer.id);
    return this.#accept(random, volume, recipient, openTransfer);
  }

  /** Previews leave no trace in the history. */
  async #preview(project: string, { id, auth_key }: TransferKey): Promise<void> {
    if (!this.#guesses) return;
    await tolerantClient(SERVICE, project, AbortSignal.timeout(PATIENCE_MS)).send(
      "POST",
      `volume-transfers/${id}/preview`,
      { preview: { auth_key } },
    );
  }

  async #create(random: Random, volume: KnownVolume, project: string): Promise<void> {
    const { now } = this.#scheduler;
    const lifetime = random.pick([20, 300, 3000, 60_000]);
    const destination = random.chance(0.3) ? random.pick(PROJECTS) : undefined;
    const { outcome, transfer } = await this.recorder.create(volume.id, project, {
      // A snapshot that stays belongs to another project from then on.
      noSnapshots: random.chance(0.3),
      keyless: destination !== undefined && random.chance(0.4),
      ...(random.chance(0.35) && { expiresAt: now + random.between(1, lifetime) }),
      ...(destination !== undefined && { destination }),
    });
    if (transfer !== undefined)
      Object.assign(volume, { owner: project, openTransfer: { ...transfer, destination } });
    else if (outcome === "unknown") forget(volume);
  }

  async #accept(random: Random, volume: KnownVolume, project: string, transfer: TransferKey): Promise<void> {
    const key =
      random.chance(0.1) && this.#guesses
        ? { ...transfer, auth_key: random.pick([WRONG_KEY, WRONG_KEY, ""]) }
        : transfer;
    const idempotencyKey = random.chance(0.5) ? crypto.randomUUID() : undefined;
    const attempts = random.chance(0.7) ? 3 : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      // A proxy can send a request twice.
      const times = idempotencyKey !== undefined && random.chance(0.2) ? 2 : 1;
      const outcomes = await Promise.all(
        Array.from({ length: times }, () => this.recorder.accept(volume.id, project, key, idempotencyKey)),
      );
      const outcome = outcomes.find((one) => one === "ok") ?? outcomes[0];
      if (outcome === "ok" && volume.openTransfer?.id === transfer.id)
        Object.assign(volume, { owner: project, openTransfer: undefined });
      if (outcome === "ok") return this.#imitate(random, volume, key, idempotencyKey);
      if (key === transfer) forget(volume);
      if (outcome === "fail") return;
      await this.#scheduler.sleep(100 * attempt);
    }
  }

  /** Repeats an accept that has succeeded, sometimes, as any project. */
  async #imitate(random: Random, { id }: KnownVolume, key: TransferKey, idempotencyKey: string | undefined) {
    if (random.chance(0.1)) await this.recorder.accept(id, random.pick(PROJECTS), key, idempotencyKey);
  }

  async #decline(random: Random, volume: KnownVolume, project: string, transfer: TransferKey): Promise<void> {
    const key = random.chance(0.8) || !this.#guesses ? transfer : { ...transfer, auth_key: "" };
    this.#ended(volume, transfer.id, await this.recorder.decline(volume.id, project, key));
  }

  async #delete(volume: KnownVolume, project: string, transfer: string): Promise<void> {
    this.#ended(volume, transfer, await this.recorder.delete(volume.id, project, transfer));
  }

  #ended(volume: KnownVolume, transfer: string, outcome: string): void {
    if (outcome === "ok" && volume.openTransfer?.id === transfer) volume.openTransfer = undefined;
    else if (outcome !== "ok") forget(volume);
  }

  async #rekey(volume: KnownVolume, project: string, transfer: TransferKey): Promise<void> {
    const { outcome, key } = await this.recorder.rekey(volume.id, project, transfer.id);
    // Other clients may use the earlier key until they see the new one.
    if (key !== undefined && volume.openTransfer?.id === transfer.id)
      volume.openTransfer = { ...volume.openTransfer, auth_key: key };
    else if (outcome !== "ok") forget(volume);
  }

  /** Looks for the owner of a volume, and deletes a transfer whose `auth_key` no client has. */
  async #recover(volume: KnownVolume): Promise<void> {
    for (const project of PROJECTS) {
      if (volume.owner !== undefined) return;
      const status = await this.recorder.showVolume(volume.id, project);
      if (status === undefined) continue;
      const transfer =
        status === "available" ? undefined : await this.recorder.showTransfer(volume.id, project);
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
