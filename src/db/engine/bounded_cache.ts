/**
 * A cache whose values have a limited size together. Those that have not been used for the longest time are evicted:
 * callers choose what is cached, such as sort orders, and must not fill the memory.
 */
export class BoundedCache<Value> {
  readonly #maxSize: number;
  /** The one that was used last is at the end. */
  readonly #entries = new Map<string, { readonly value: Value; readonly size: number }>();
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Caches a value, unless it is larger than the cache. The key must be new. */
  set(key: string, value: Value, size: number): void {
    if (size > this.#maxSize) return;
    this.#entries.set(key, { value, size });
    this.#size += size;
    for (const [oldest, entry] of this.#entries) {
      if (this.#size <= this.#maxSize) return;
      this.#entries.delete(oldest);
      this.#size -= entry.size;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}
