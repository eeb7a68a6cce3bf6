import { openSync, readSync, writeSync } from "node:fs";
import path from "node:path";

/** The fields that order records: the oldest first, and by id at the same time, as Cinder does. */
interface Ordered {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly updated_at: number | null;
}

/** Bytes that are collected before they are written. */
const BUFFER_BYTES = 1 << 20;

/**
 * Keeps records in a temporary file, and reads them in the order of their creation. Lists are in the order in which
 * rows were inserted, and Cinder's answers begin with the newest. The memory that it takes does not depend on the size
 * of the records: it is five numbers for each.
 */
export class Spool<Item extends Ordered> {
  readonly #file: number;
  #buffer: Buffer[] = [];
  #buffered = 0;
  #written = 0;
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #times: number[] = [];
  readonly #ids: number[] = [];
  /** The positions of records that another one replaces. */
  readonly #replaced = new Set<number>();

  /** @param folder a folder for the file, which only this user can read */
  constructor(folder: string, name: string) {
    this.#file = openSync(path.join(folder, name), "wx+", 0o600);
  }

  /** The number of records, of which no two have the same id after `unite`. */
  get length(): number {
    return this.#offsets.length - this.#replaced.size;
  }

  /** Adds a record, which must be JSON. */
  add(item: Item): void {
    const json = Buffer.from(JSON.stringify(item));
    this.#offsets.push(this.#written + this.#buffered);
    this.#lengths.push(json.length);
    this.#times.push(item.created_at);
    // The first 48 bits of a UUID.
    this.#ids.push(Number.parseInt(item.id.slice(0, 8) + item.id.slice(9, 13), 16));
    this.#buffer.push(json);
    this.#buffered += json.length;
    if (this.#buffered >= BUFFER_BYTES) this.#flush();
  }

  /**
   * Unites the records with the same id: pages that are read while Cinder changes can contain a resource twice. The one
   * that was updated last remains, and of one time the one that was added last.
   *
   * @param assertSame throws if the two records cannot be of one resource
   */
  unite(assertSame: (one: Item, other: Item) => void): void {
    this.#flush();
    const order = this.#sorted(this.#ids);
    const sameAs = (index: number, other: number | undefined): boolean =>
      other !== undefined && this.#ids[index] === this.#ids[other];
    /** The records whose ids begin like that of the present one. */
    let similar = new Map<string, { readonly index: number; readonly item: Item }>();
    for (const [place, index] of order.entries()) {
      if (!sameAs(index, order[place - 1])) {
        similar = new Map();
        if (!sameAs(index, order[place + 1])) continue;
      }
      const item = this.#read(index);
      const before = similar.get(item.id);
      if (before !== undefined) assertSame(before.item, item);
      const isNewer = before === undefined || (item.updated_at ?? 0) >= (before.item.updated_at ?? 0);
      if (isNewer) similar.set(item.id, { index, item });
      if (before !== undefined) this.#replaced.add(isNewer ? before.index : index);
    }
  }

  /**
   * Reads the records in batches, the oldest first.
   *
   * @param limits the greatest number of records in a batch, and of their bytes; a larger record is a batch by itself
   */
  *batches(limits: { readonly rows: number; readonly bytes: number }): Generator<Item[]> {
    this.#flush();
    let batch: Item[] = [];
    let bytes = 0;
    for (const index of this.#sorted(this.#times, this.#ids)) {
      if (this.#replaced.has(index)) continue;
      const length = this.#lengths[index] ?? 0;
      if (batch.length > 0 && (batch.length >= limits.rows || bytes + length > limits.bytes)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(this.#read(index));
      bytes += length;
    }
    if (batch.length > 0) yield batch;
  }

  /** Returns the positions of the records in the order of some of their numbers, and then of their addition. */
  #sorted(...numbers: readonly (readonly number[])[]): Uint32Array {
    return Uint32Array.from(this.#offsets.keys()).sort((a, b) => {
      for (const values of numbers) {
        const difference = (values[a] ?? 0) - (values[b] ?? 0);
        if (difference !== 0) return difference;
      }
      return a - b;
    });
  }

  #read(index: number): Item {
    const buffer = Buffer.allocUnsafe(this.#lengths[index] ?? 0);
    readSync(this.#file, buffer, 0, buffer.length, this.#offsets[index] ?? 0);
    // `add` wrote this record, and nobody else can write to the file.
    return JSON.parse(buffer.toString()) as Item;
  }

  #flush(): void {
    if (this.#buffered === 0) return;
    writeSync(this.#file, Buffer.concat(this.#buffer));
    this.#written += this.#buffered;
    this.#buffer = [];
    this.#buffered = 0;
  }
}
