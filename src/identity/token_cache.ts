import type { Identity } from "../http/context.ts";

/** What is known of a token: whose it is, and until when (milliseconds since the epoch). */
export interface Validated {
  readonly identity: Identity;
  readonly expiresAt: number;
}

/** How long a refused token stays refused: a bad client must not hammer whoever validates. */
const REFUSED_MS = 5000;
/** How many tokens are remembered, and how many refusals; the oldest go first. */
const CAPACITY = 10_000;

/**
 * Remembers what tokens were found to be, by their SHA-256: whoever reads this Worker's memory finds no token in
 * it. Requests that come with the same new token at once share one validation.
 */
export class TokenCache {
  readonly #seconds: number;
  readonly #patienceMs: number;
  readonly #accepted = new Map<string, Validated>();
  readonly #refused = new Map<string, number>();
  readonly #pending = new Map<string, Promise<Validated | undefined>>();

  /**
   * @param seconds how long a token is remembered, at most; 0 is not at all
   * @param patienceMs how long to wait for a validation that another request has begun
   */
  constructor(seconds: number, patienceMs: number) {
    this.#seconds = seconds;
    this.#patienceMs = patienceMs;
  }

  /**
   * Whose a token is.
   *
   * @param validate asks whoever issued the token; undefined is a refusal
   * @returns undefined for a token that is refused
   * @throws what `validate` throws; that is not remembered
   */
  async identify(
    token: string,
    validate: (token: string) => Promise<Validated | undefined>,
  ): Promise<Identity | undefined> {
    if (this.#seconds === 0) return current(await validate(token));
    const key = await sha256(token);
    const remembered = this.#accepted.get(key);
    if (remembered !== undefined && remembered.expiresAt > Date.now()) return remembered.identity;
    if ((this.#refused.get(key) ?? 0) > Date.now()) return undefined;

    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      // The request that asks may be cut off, and what it waits for then never comes.
      const answer = await Promise.race([pending, after(this.#patienceMs)]);
      if (answer !== "late") return current(answer);
    }
    const validation = validate(token);
    this.#pending.set(key, validation);
    try {
      const validated = await validation;
      this.#remember(key, validated);
      return current(validated);
    } finally {
      if (this.#pending.get(key) === validation) this.#pending.delete(key);
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
