/** What a simulation does: all that follows from its seed, or a part of it. */
export class Plan {
  readonly seed: number;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #used = new Set<string>();

  /** @param only the elements that it has; undefined for all */
  constructor(seed: number, only?: readonly string[]) {
    this.seed = seed;
    this.#only = only && new Set(only);
  }

  /**
   * Returns whether the simulation has an element: a step of a client such as `2.14`, a fault such as `f3`, the death of
   * an instance such as `d1`, or a sweep such as `s5`. What an element does depends on no other.
   */
  includes(element: string): boolean {
    if (this.#only?.has(element) === false) return false;
    this.#used.add(element);
    return true;
  }

  /** Returns the elements that the simulation has had. */
  elements = (): string[] => [...this.#used];
}
