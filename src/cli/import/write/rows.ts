import type { Report } from "../report.ts";
import type { Target } from "./target.ts";

/** Collects the rows that a batch writes, as JSON. */
export class Rows<Row extends { readonly id: string }> {
  readonly ids: string[] = [];
  readonly #json: string[] = [];
  readonly #target: Target;
  readonly #report: Report;

  constructor(target: Target, report: Report) {
    this.#target = target;
    this.#report = report;
  }

  /**
   * Adds a row, unless it is too large for a statement: then the report says that it is left out.
   *
   * @param name the name of the row in the report, such as `volume ID`
   * @returns whether the row was added
   */
  add(name: string, row: Row): boolean {
    const json = JSON.stringify(row);
    const bytes = sizeAsSql(json);
    if (bytes > this.#target.valueBytes) {
      this.#report.note("left out", name, `it has ${bytes} bytes, of ${this.#target.valueBytes} at most`);
      return false;
    }
    this.ids.push(row.id);
    this.#json.push(json);
    return true;
  }

  /** Returns the rows as lists in JSON, one for each statement: D1 limits the length of a statement. */
  lists(): string[] {
    const lists: string[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const json of this.#json) {
      const length = sizeAsSql(json);
      if (bytes + length > this.#target.valueBytes) {
        lists.push([]);
        bytes = 2;
      }
      lists.at(-1)?.push(json);
      bytes += length;
    }
    return lists.map((list) => `[${list.join(",")}]`);
  }
}

/** Returns the bytes of a JSON value in a list in SQL: a quote is doubled, and a comma follows. */
export const sizeAsSql = (json: string): number =>
  Buffer.byteLength(json) + (json.match(/'/g)?.length ?? 0) + 1;
