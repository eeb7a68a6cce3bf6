/** Limits how many requests do something at once, in total and of one project. */
export class Slots {
  readonly #limits: { readonly total: number; readonly perProject: number };
  #total = 0;
  readonly #byProject = new Map<string, number>();

  constructor(limits: { readonly total: number; readonly perProject: number }) {
    this.#limits = limits;
  }

  /** Returns whether all slots are taken. */
  get full(): boolean {
    return this.#total >= this.#limits.total;
  }

  /**
   * Takes a slot.
   *
   * @returns gives the slot back; undefined if there is none
   */
  enter(project_id: string): (() => void) | undefined {
    const ofProject = this.#byProject.get(project_id) ?? 0;
    if (this.full || ofProject >= this.#limits.perProject) return undefined;
    this.#total++;
    this.#byProject.set(project_id, ofProject + 1);
    return () => {
      this.#total--;
      const left = (this.#byProject.get(project_id) ?? 1) - 1;
      if (left === 0) this.#byProject.delete(project_id);
      else this.#byProject.set(project_id, left);
    };
  }
}
