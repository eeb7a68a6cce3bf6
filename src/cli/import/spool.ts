import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import path from "node:path";

/** What orders records: the oldest first, and of one time by id, as Cinder does. */
interface Ordered {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
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
  readonly #path: string;
  #buffer: Buffer[] = [];
  #buffered = 0;
  #written = 0;
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #times: number[] = [];
  readonly #ids: number[] = [];

  /** @param folder a folder for the file, which only this user can read */
  constructor(folder: string, name: string) {
    this.#path = path.join(folder, name);
    this.#file = openSync(this.#path, "wx+", 0o600);
  }

  /** The number of records. */
  get length(): number {
    return this.#offsets.length;
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
   * Reads the records in batches, the oldest first. Of records with one id in a batch, only the last one remains.
   *
   * @param limits the greatest number of records in a batch, and of their bytes; a larger record is a batch by itself
   */
  *batches(limits: { readonly rows: number; readonly bytes: number }): Generator<Item[]> {
    this.#flush();
    let batch = new Map<string, Item>();
    let bytes = 0;
    for (const index of this.#sorted()) {
      const length = this.#lengths[index] ?? 0;
      if (batch.size > 0 && (batch.size >= limits.rows || bytes + length > limits.bytes)) {
        yield [...batch.values()];
        batch = new Map();
        bytes = 0;
      }
      const item = this.#read(this.#offsets[index] ?? 0, length);
      batch.set(item.id, item);
      bytes += length;
    }
    if (batch.size > 0) yield [...batch.values()];
  }

  /** Removes the file. */
  close(): void {
    closeSync(this.#file);
    unlinkSync(this.#path);
  }

  #sorted(): Uint32Array {
    const [times, ids] = [this.#times, this.#ids];
    const difference = (values: readonly number[], a: number, b: number) =>
      (values[a] ?? 0) - (values[b] ?? 0);
    return Uint32Array.from(times.keys()).sort(
      (a, b) => difference(times, a, b) || difference(ids, a, b) || a - b,
    );
  }

  #read(offset: number, length: number): Item {
    const buffer = Buffer.allocUnsafe(length);
    readSync(this.#file, buffer, 0, length, offset);
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
