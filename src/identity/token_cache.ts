import type { Identity } from "../http/context.ts";
import { hex } from "../http/hex.ts";
import { Leases } from "../http/leases.ts";
import { type Pending, startPending, waitFor } from "./pending.ts";

/** A valid token's identity, and its expiry (milliseconds since the epoch). */
export interface Validated {
  readonly identity: Identity;
  readonly expiresAt: number;
}

type Validate = (token: string) => Promise<Validated | undefined>;

/** How long an invalid token is cached, milliseconds: a misbehaving client must not overload the validator. */
const REFUSED_MS = 5000;
/** The number of cached valid tokens, and of invalid ones. The oldest is evicted first. */
const CAPACITY = 10_000;

/** The number of validations in flight: unknown tokens must not exhaust the Worker. Cached tokens need none. */
const MAX_VALIDATIONS = 32;
/** The time that a validation takes beside its waiting, milliseconds. */
const MARGIN_MS = 1000;

/**
 * Caches the results of token validations under the token's SHA-256, so that the Worker's memory contains no tokens.
 * Concurrent requests with the same new token share one validation.
 */
export class TokenCache {
  readonly #seconds: number;
  readonly #patienceMs: number;
  readonly #accepted = new Map<string, Validated>();
  readonly #refused = new Map<string, number>();
  readonly #validations: Leases;
  /** In the order of their start. */
  readonly #pending = new Map<string, Pending<Validated | undefined>>();

  /**
   * @param seconds the longest time a token is cached; 0 to cache none
   * @param timeoutMs the timeout of a validation, milliseconds
   */
  constructor(seconds: number, timeoutMs: number) {
    this.#seconds = seconds;
    this.#patienceMs = timeoutMs + MARGIN_MS;
    this.#validations = new Leases({
      total: MAX_VALIDATIONS,
      leaseMs: this.#patienceMs,
      refusal: "The service is validating too many tokens. Try again.",
    });
  }

  /**
   * Returns a token's identity.
   *
   * @param validate validates the token with its issuer; undefined for an invalid token
   * @returns undefined for an invalid token
   * @throws the error of `validate`, which is not cached
   */
  async identify(token: string, validate: Validate): Promise<Identity | undefined> {
    if (this.#seconds === 0) return current(await this.#validations.run("", () => validate(token)));
    const key = await sha256(token);
    for (;;) {
      const remembered = this.#accepted.get(key);
      if (remembered !== undefined && remembered.expiresAt > Date.now()) return remembered.identity;
      if ((this.#refused.get(key) ?? 0) > Date.now()) return undefined;
      const pending = this.#pending.get(key);
      if (pending === undefined) return current(await this.#validate(key, () => validate(token)));
      const answer = await waitFor(pending, this.#patienceMs);
      if (answer !== undefined) return current(answer.value);
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
    }
  }

  /** Makes a token invalid for the next seconds, after which its next use is validated. */
  async forget(token: string): Promise<void> {
    const key = await sha256(token);
    // A validation that began before must not bring it back.
    this.#pending.delete(key);
    this.#remember(key, undefined);
  }

  async #validate(key: string, work: () => Promise<Validated | undefined>): Promise<Validated | undefined> {
    const pending = startPending(() => this.#validations.run("", work));
    this.#endLate();
    this.#pending.set(key, pending);
    try {
      const validated = await pending.result;
      if (this.#pending.get(key) === pending) this.#remember(key, validated);
      return validated;
    } finally {
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
    }
  }

  /** Forgets the validations of requests that were terminated. */
  #endLate(): void {
    const begin = Date.now() - this.#patienceMs;
    for (const [key, { startedAt }] of this.#pending) {
      if (startedAt > begin) return;
      this.#pending.delete(key);
    }
  }

  #remember(key: string, validated: Validated | undefined): void {
    if (validated === undefined) {
      this.#accepted.delete(key);
      put(this.#refused, key, Date.now() + REFUSED_MS);
    } else {
      const expiresAt = Math.min(validated.expiresAt, Date.now() + this.#seconds * 1000);
      put(this.#accepted, key, { ...validated, expiresAt });
    }
  }
}

const current = (validated: Validated | undefined): Identity | undefined =>
  validated !== undefined && validated.expiresAt > Date.now() ? validated.identity : undefined;

function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  const [oldest] = map.size >= CAPACITY ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return hex(new Uint8Array(digest));
}
