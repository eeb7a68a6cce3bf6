import { type Pending, startPending, waitFor } from "./pending.ts";

interface Limits {
  /** How long a document is used, milliseconds. */
  readonly maxAgeMs: number;
  /** How long the failure of a fetch is cached, milliseconds: a dependency that fails must not be overloaded. */
  readonly failureMs: number;
  /** How long to wait for a fetch that another request has started, milliseconds: longer than its timeout. */
  readonly patienceMs: number;
}

/**
 * Caches a document of an identity provider: its keys, or its metadata. Concurrent requests share one fetch.
 *
 * @example
 * const keys = new CachedDocument(() => fetchKeys(url), { maxAgeMs: 600_000, failureMs: 5000, patienceMs: 3000 });
 * await keys.get();
 */
export class CachedDocument<T> {
  readonly #fetch: () => Promise<T>;
  readonly #limits: Limits;
  #latest: { readonly document: T; readonly fetchedAt: number } | undefined;
  #failure: { readonly error: unknown; readonly failedAt: number } | undefined;
  #pending: Pending<T> | undefined;

  constructor(fetch: () => Promise<T>, limits: Limits) {
    this.#fetch = fetch;
    this.#limits = limits;
  }

  /**
   * Returns the document.
   *
   * @param maxAgeMs a document that is older is fetched anew, milliseconds
   * @throws the error of the fetch, which is cached for some seconds
   */
  async get(maxAgeMs = this.#limits.maxAgeMs): Promise<T> {
    for (;;) {
      const now = Date.now();
      if (this.#latest !== undefined && now - this.#latest.fetchedAt < maxAgeMs) return this.#latest.document;
      if (this.#failure !== undefined && now - this.#failure.failedAt < this.#limits.failureMs)
        throw this.#failure.error;
      const pending = this.#pending;
      if (pending === undefined) return this.#refresh();
      const answer = await waitFor(pending, this.#limits.patienceMs);
      if (answer !== undefined) return answer.value;
      if (this.#pending === pending) this.#pending = undefined;
    }
  }

  async #refresh(): Promise<T> {
    const pending = startPending(this.#fetch);
    this.#pending = pending;
    try {
      const document = await pending.result;
      this.#latest = { document, fetchedAt: Date.now() };
      this.#failure = undefined;
      return document;
    } catch (error) {
      this.#failure = { error, failedAt: Date.now() };
      throw error;
    } finally {
      if (this.#pending === pending) this.#pending = undefined;
    }
  }
}
