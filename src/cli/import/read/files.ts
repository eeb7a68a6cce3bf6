import { createReadStream, statSync } from "node:fs";
import { JSONParser } from "@streamparser/json";
import { CliError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { COLLECTIONS, type ItemKind, isCollection, kindOf, parseItem } from "./answers.ts";
import type { Item } from "./records.ts";

const CHUNK_BYTES = 1 << 18;
/** The parser keeps an item until it ends, and 70 bytes for each level of a value. */
const MAX_ITEM_BYTES = 1 << 20;

/** Where the items of an answer are, and a document itself, which can be a line with one item. */
const PATHS = [...Object.keys(COLLECTIONS).map((name) => `$.${name}.*`), "$.*", "$"];

/** The content that a file must have. */
const EXPECTED =
  "Give what an admin gets from GET /v3/{project_id}/volumes/detail?all_tenants=1 and from snapshots/detail?all_tenants=1: " +
  "one answer, several one after another, or a line for each.";

/**
 * Returns the number of bytes in files.
 *
 * @throws CliError if one does not exist, or is not a file
 */
export function sizeOfFiles(files: readonly string[]): number {
  let bytes = 0;
  for (const file of files) {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) throw new CliError(`${file} does not exist.`);
    if (status.isDirectory()) throw new CliError(`${file} is a folder. Name the files in it.`);
    bytes += status.size;
  }
  return bytes;
}

/**
 * Reads the volumes, snapshots and types in files with answers of Cinder. A file is read in pieces, so that it can be
 * larger than the memory.
 *
 * @param onBytes called with the number of bytes of each piece
 * @throws CliError if a file cannot be read, is not JSON, is truncated, or is not an answer of Cinder
 */
export async function* readFiles(
  files: readonly string[],
  onBytes: (bytes: number) => void,
): AsyncGenerator<Item> {
  for (const file of files) yield* readOne(file, onBytes);
}

async function* readOne(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Item> {
  const answers = new AnswerParser(file);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      yield* answers.parse(chunk);
      onBytes(chunk.length);
    }
  } catch (error) {
    if (error instanceof CliError || !(error instanceof Error)) throw error;
    throw new CliError(`${file} cannot be read: ${error.message}`);
  }
  answers.end();
}

/** Finds the items in the text of a file. */
class AnswerParser {
  readonly #file: string;
  readonly #parser = new JSONParser({ paths: PATHS, separator: "" });
  #found: Item[] = [];
  #answers = 0;
  /** The bytes that were read since the last item or answer. */
  #pending = 0;

  constructor(file: string) {
    this.#file = file;
    this.#parser.onValue = ({ value, key, parent, stack }) => {
      const [, list] = stack;
      if (list !== undefined) {
        // The parser keeps all parsed items until the document ends.
        if (isCollection(list.key) && Array.isArray(parent)) this.#add(COLLECTIONS[list.key], value, parent);
      } else if (stack.length === 0) {
        this.#addDocument(value);
      } else if (Array.isArray(parent)) {
        this.#addUnlisted(value, `item ${String(key)}`);
        parent.length = 0;
      }
    };
  }

  /**
   * Parses a piece of the file.
   *
   * @throws CliError if it is not JSON, or not an answer of Cinder
   */
  parse(chunk: Uint8Array): readonly Item[] {
    this.#found = [];
    const answers = this.#answers;
    this.#run(() => this.#parser.write(chunk));
    this.#pending = this.#found.length > 0 || this.#answers > answers ? 0 : this.#pending + chunk.length;
    if (this.#pending > MAX_ITEM_BYTES) {
      throw new CliError(`${this.#file}: an item has more than ${MAX_ITEM_BYTES} bytes. ${EXPECTED}`);
    }
    return this.#found;
  }

  /** @throws CliError if the file is truncated, or contains no answer */
  end(): void {
    this.#run(() => this.#parser.end());
    if (this.#answers === 0) throw new CliError(`${this.#file} is empty. ${EXPECTED}`);
  }

  #run(parse: () => void): void {
    try {
      parse();
    } catch (error) {
      if (error instanceof CliError || !(error instanceof Error)) throw error;
      throw new CliError(
        `${this.#file} is truncated, or is not JSON: ${printable(error.message).replace(/\.*$/, ".")} ${EXPECTED}`,
      );
    }
  }

  #add(kind: ItemKind, value: unknown, list: unknown[]): void {
    this.#found.push(parseItem(kind, value, this.#file));
    list.length = 0;
  }

  /** Adds the rest of a document, without its lists, which were added before. */
  #addDocument(value: unknown): void {
    this.#answers++;
    if (Array.isArray(value)) return;
    const entries = Object.entries(value ?? {});
    if (entries.some(([name, list]) => isCollection(name) && Array.isArray(list))) return;
    const [[name, only] = []] = entries;
    this.#addUnlisted(entries.length === 1 && typeof only === "object" ? only : value, `"${name}"`);
  }

  #addUnlisted(value: unknown, what: string): void {
    const kind = kindOf(value);
    if (kind === undefined) {
      throw new CliError(
        `${this.#file}: ${printable(what)} is no volume, snapshot or volume type. ${EXPECTED}`,
      );
    }
    this.#found.push(parseItem(kind, value, this.#file));
  }
}
