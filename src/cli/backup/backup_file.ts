import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { UsageError } from "../processes/supervise.ts";

// A backup is a file of SQL. Its first line, a comment, says what it is of, and its last is the SHA-256 of all
// before it: a file that was cut short or changed is known for that before anything is restored from it.

/** What a backup is of. Each kind remembers its migrations in a table of its own, so neither can become the other. */
export type BackupKind = "libSQL" | "D1";

const FIRST_LINE = /^-- volume-transfers backup of (libSQL|D1), \S+\n/;
const LAST_LINE = /-- sha256 ([0-9a-f]{64})\n$/;
const LAST_LINE_BYTES = "-- sha256 \n".length + 64;

/**
 * Writes a backup. Until it is whole, and on the disk, it has another name.
 *
 * @param sql the statements, in pieces of any size, with a line break at the end
 * @throws UsageError if the file exists, and whatever reading `sql` throws
 */
export async function writeBackup(
  file: string,
  kind: BackupKind,
  sql: AsyncIterable<Uint8Array>,
): Promise<void> {
  const refuseToOverwrite = () => {
    if (existsSync(file)) throw new UsageError(`${file} exists. A backup is never written over another.`);
  };
  refuseToOverwrite();
  const partial = `${file}.partial-${process.pid}`;
  // However this ends: a signal leaves no time for `finally`.
  process.once("exit", () => rmSync(partial, { force: true }));
  // For the owner's eyes: it holds all that the projects have said of their volumes.
  const disk = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
  await pipeline(withFirstAndLastLine(kind, sql), disk);
  refuseToOverwrite();
  renameSync(partial, file);
}

async function* withFirstAndLastLine(
  kind: BackupKind,
  sql: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const hashed = (bytes: Uint8Array) => {
    hash.update(bytes);
    return bytes;
  };
  yield hashed(Buffer.from(`-- volume-transfers backup of ${kind}, ${new Date().toISOString()}\n`));
  for await (const bytes of sql) yield hashed(bytes);
  yield Buffer.from(`-- sha256 ${hash.digest("hex")}\n`);
}

/**
 * Reads a backup through, to see that it is whole.
 *
 * @returns what it is of
 * @throws UsageError if it is not a backup, was cut short, or was changed
 */
export async function verifyBackup(file: string): Promise<BackupKind> {
  if (!existsSync(file)) throw new UsageError(`${file} does not exist.`);
  const hash = createHash("sha256");
  let first = "";
  let held = Buffer.alloc(0);
  for await (const bytes of createReadStream(file)) {
    if (first.length < 100) first += bytes.toString("latin1");
    // What may be the last line is held back from the hash.
    held = Buffer.concat([held, bytes]);
    const known = Math.max(0, held.length - LAST_LINE_BYTES);
    hash.update(held.subarray(0, known));
    held = held.subarray(known);
  }
  const [, kind] = FIRST_LINE.exec(first) ?? [];
  if (kind !== "libSQL" && kind !== "D1") {
    throw new UsageError(`${file} is not a backup that \`npm run backup\` has made.`);
  }
  const [, expected] = LAST_LINE.exec(held.toString("latin1")) ?? [];
  if (expected === undefined) throw new UsageError(`${file} is not whole: its last line is missing.`);
  if (hash.digest("hex") !== expected)
    throw new UsageError(`${file} is damaged: its SHA-256 is not what it says.`);
  return kind;
}

/**
 * The statements of a backup, one by one. A statement ends with a line that ends with a semicolon, outside quotes:
 * after an even number of them, for a quote inside a text is doubled.
 */
export async function* statementsOf(file: string): AsyncGenerator<string> {
  let statement = "";
  let quotes = 0;
  for await (const line of linesOf(file)) {
    if (statement === "" && line.startsWith("--")) continue;
    statement += `${line}\n`;
    quotes += line.split("'").length - 1;
    if (quotes % 2 === 0 && line.endsWith(";")) {
      yield statement;
      statement = "";
      quotes = 0;
    }
  }
}

/** Only a line feed ends a line: a text may hold anything else that elsewhere counts as a line's end. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const text of createReadStream(file, "utf8")) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
