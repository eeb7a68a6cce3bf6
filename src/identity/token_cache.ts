import type { Identity } from "../http/context.ts";
import { serviceUnavailable } from "../http/faults.ts";

/** A valid token's identity, and its expiry (milliseconds since the epoch). */
export interface Validated {
  readonly identity: Identity;
  readonly expiresAt: number;
}

/** How long an invalid token is cached, milliseconds: a misbehaving client must not overload the validator. */
const REFUSED_MS = 5000;
/** The number of cached valid tokens, and of invalid ones. The oldest is evicted first. */
const CAPACITY = 10_000;

/** The number of validations in flight. Cached tokens need none. */
const MAX_VALIDATIONS = 32;

/**
 * Caches the results of token validations under the token's SHA-256, so that the Worker's memory contains no tokens.
 * Concurrent requests with the same new token share one validation.
 */
export class TokenCache {
  readonly #seconds: number;
  readonly #patienceMs: number;
  readonly #accepted = new Map<string, Validated>();
  readonly #refused = new Map<string, number>();
  #validations = 0;
  readonly #pending = new Map<string, Promise<Validated | undefined>>();

  /**
   * @param seconds the longest time a token is cached; 0 to cache none
   * @param patienceMs how long to wait for a validation that another request started, milliseconds
   */
  constructor(seconds: number, patienceMs: number) {
    this.#seconds = seconds;
    this.#patienceMs = patienceMs;
  }

  /**
   * Returns a token's identity.
   *
   * @param validate validates the token with its issuer; undefined for an invalid token
   * @returns undefined for an invalid token
   * @throws what `validate` throws, which is not cached
   */
  async identify(
    token: string,
    validate: (token: string) => Promise<Validated | undefined>,
  ): Promise<Identity | undefined> {
    if (this.#seconds === 0) return current(await this.#validate(token, validate));
    const key = await sha256(token);
    const remembered = this.#accepted.get(key);
    if (remembered !== undefined && remembered.expiresAt > Date.now()) return remembered.identity;
    if ((this.#refused.get(key) ?? 0) > Date.now()) return undefined;

    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      // The request that validates may be cancelled, and its promise then never settles.
      const answer = await Promise.race([pending, after(this.#patienceMs)]);
      if (answer !== "late") return current(answer);
    }
    const validation = this.#validate(token, validate);
    this.#pending.set(key, validation);
    try {
      const validated = await validation;
      this.#remember(key, validated);
      return current(validated);
    } finally {
      if (this.#pending.get(key) === validation) this.#pending.delete(key);
    }
  }

  /** Removes a token, whose next use is validated. */
  async forget(token: string): Promise<void> {
    this.#accepted.delete(await sha256(token));
  }

  /** Validates a token, unless too many others are being validated: unknown tokens must not exhaust the Worker. */
  async #validate(
    token: string,
    validate: (token: string) => Promise<Validated | undefined>,
  ): Promise<Validated | undefined> {
    if (this.#validations >= MAX_VALIDATIONS) {
      throw serviceUnavailable("The service is validating too many tokens. Try again.");
    }
    this.#validations++;
    try {
      return await validate(token);
    } finally {
      this.#validations--;
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

const after = (ms: number) => new Promise<"late">((resolve) => setTimeout(resolve, ms, "late" as const));

function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  const [oldest] = map.size >= CAPACITY ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
