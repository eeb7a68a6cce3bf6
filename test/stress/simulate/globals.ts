import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Random } from "./random.ts";
import { type Scheduler, scopes } from "./scheduler.ts";

// Replaces what a thread can observe of time, chance and the outside. There is no way back: only a thread of its own
// does so.

/** What the globals of the thread lead to. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly fetch: (request: Request) => Promise<Response>;
}

let surroundings: Surroundings | undefined;

function present(): Surroundings {
  if (surroundings === undefined) throw new Error("no simulation runs");
  return surroundings;
}

/** Lets the globals lead to those of a simulation. */
export const surroundWith = (next: Surroundings): void => {
  surroundings = next;
};

const clock = (): number => present().scheduler.now + (scopes.getStore()?.skewMs ?? 0);

const timers = new Map<number, () => void>();
let lastTimer = 0;

function setTimer(callback: (...args: unknown[]) => void, ms: number, ...args: unknown[]): number {
  const id = ++lastTimer;
  const cancel = present().scheduler.schedule(`timer of ${Math.ceil(ms)} ms`, ms, () => {
    timers.delete(id);
    callback(...args);
  });
  timers.set(id, cancel);
  return id;
}

function clearTimer(id: number | undefined): void {
  if (id === undefined) return;
  timers.get(id)?.();
  timers.delete(id);
}

function timeoutSignal(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimer(() => controller.abort(new DOMException("The operation timed out.", "TimeoutError")), ms);
  return controller.signal;
}

/** Computes at once, and lets the scheduler decide when it is known. */
const completed = <T>(label: string, compute: () => T): Promise<T> =>
  new Promise((resolve) => {
    present().scheduler.schedule(label, 0, () => resolve(compute()));
  });

const bytesOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** The part of Web Crypto that the service uses, in one thread: the real one completes when its threads do. */
const subtle = {
  importKey: (_format: "raw", bytes: Uint8Array) => completed("import key", () => createSecretKey(bytes)),
  sign: (_algorithm: "HMAC", key: KeyObject, data: Uint8Array) =>
    completed("sign", () => bytesOf(createHmac("sha256", key).update(data).digest())),
  digest: (_algorithm: "SHA-256", data: Uint8Array) =>
    completed("digest", () => bytesOf(createHash("sha256").update(data).digest())),
};

const simulatedCrypto = {
  subtle,
  getRandomValues(bytes: Uint8Array): Uint8Array {
    for (let i = 0; i < bytes.length; i++) bytes[i] = present().random.between(0, 255);
    return bytes;
  },
  randomUUID(): string {
    const digit = () => present().random.between(0, 15).toString(16);
    return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replaceAll("x", digit);
  },
};

const simulatedDate = new Proxy(Date, {
  construct: (date, args, target) => Reflect.construct(date, args.length === 0 ? [clock()] : args, target),
  get: (date, name, receiver) => (name === "now" ? clock : Reflect.get(date, name, receiver)),
});

/** Replaces the globals of this thread. */
export function replaceGlobals(): void {
  const values = {
    Date: simulatedDate,
    performance: { timeOrigin: 0, now: clock },
    crypto: simulatedCrypto,
    setTimeout: setTimer,
    clearTimeout: clearTimer,
    fetch: (input: string | Request, init?: RequestInit) => present().fetch(new Request(input, init)),
  };
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  Object.assign(Math, { random: () => present().random.next() });
  Object.assign(AbortSignal, { timeout: timeoutSignal });
}
