import { Client, type ServiceResponse, type Transfer, WRONG_KEY } from "../../../support/client.ts";
import { SERVICE } from "../network.ts";
import type { Profile } from "../profile.ts";
import type { Random } from "../random.ts";
import type { Scheduler } from "../scheduler.ts";

/** What a scenario has: volumes that no other client uses, and what it asserts with. */
export interface Stage {
  readonly profile: Profile;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** Volumes of the project `alpha`: see `createVolumes`. */
  readonly volumes: readonly string[];
  /** Returns whether no fault has happened so far: what is sent is then answered, and takes effect once. */
  readonly isFaultless: () => boolean;
  /** Reports that a rule is broken. */
  readonly fail: (violation: string) => void;
}

/** Clients that do one thing, and assert what must follow, while others disturb them. */
export type Scenario = (stage: Stage) => Promise<void>;

/** The time that a client waits for a response before it hangs up, milliseconds. */
const PATIENCE_MS = 20_000;

/** Sends requests of a project; a lost response has the status 0. */
export const clientOf = (project: string, roles = "member", url = SERVICE): Client =>
  new Client(url, { project, roles, tolerant: true, signal: AbortSignal.timeout(60 * PATIENCE_MS) });

/** Returns whether a response says what has happened, or that nothing has and will. */
export const isDefinite = ({ status, body }: ServiceResponse): boolean =>
  (status > 0 && status < 500) || body.serviceUnavailable?.message.includes("nothing will.") === true;

/** Returns whether a response says that the key is wrong. */
export const isWrongKey = ({ status, body }: ServiceResponse): boolean =>
  status === 400 && body.badRequest?.message.includes("invalid auth key") === true;

/**
 * Sends a request again until it succeeds.
 *
 * @returns the response; undefined if it has not
 */
export async function persist(
  { scheduler }: Stage,
  send: () => Promise<ServiceResponse>,
): Promise<ServiceResponse | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const response = await send();
    if (response.status >= 200 && response.status < 300) return response;
    if (isDefinite(response) && response.status < 500) return undefined;
    await scheduler.sleep(1000 * 4 ** attempt);
  }
  return undefined;
}

/** Offers a volume; undefined if it is not known that it is offered. */
export async function offer(volume: string): Promise<Transfer | undefined> {
  const created = await clientOf("alpha").createTransfer(volume);
  return created.status === 202 ? created.body.transfer : undefined;
}

/** Returns a transfer with a key that is wrong. */
export const withWrongKey = (transfer: Transfer) => ({ ...transfer, auth_key: WRONG_KEY });

/** Waits a random time, up to a maximum in milliseconds. */
export const hesitate = ({ scheduler, random }: Stage, ms: number): Promise<void> =>
  scheduler.sleep(random.between(0, ms));
