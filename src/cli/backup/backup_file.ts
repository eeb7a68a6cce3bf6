import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { CliError } from "../errors.ts";

// A backup is a file of SQL. Its first line is a comment that names the kind of database. Its last line is a comment
// with the SHA-256 of everything before it, so that a truncated or modified file is detected before a restore.

/** The kind of a database. Each kind records its migrations in another table, so one cannot become the other. */
export type BackupKind = "libSQL" | "D1";

const FIRST_LINE = /^-- volume-transfers backup of (libSQL|D1), \S+\n/;
const LAST_LINE = /-- sha256 ([0-9a-f]{64})\n$/;
const LAST_LINE_BYTES = "-- sha256 \n".length + 64;

/**
 * Writes a backup. It has a temporary name until it is complete and flushed to the disk. Only its owner can read it
 * (mode 0600).
 *
 * @param sql the statements, in chunks of any size, with a line feed at the end
 * @throws CliError if the file exists, and any error of `sql`
 */
export async function writeBackup(
  file: string,
  kind: BackupKind,
  sql: AsyncIterable<Uint8Array>,
): Promise<void> {
  assertAbsent(file);
  const partial = `${file}.partial-${process.pid}`;
  // A signal ends the process without running `finally`.
  process.once("exit", () => rmSync(partial, { force: true }));
  const disk = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
  await pipeline(addFirstAndLastLine(kind, sql), disk);
  assertAbsent(file);
  renameSync(partial, file);
}

function assertAbsent(file: string): void {
  if (existsSync(file)) throw new CliError(`${file} exists. A backup never overwrites a file.`);
}

async function* addFirstAndLastLine(
  kind: BackupKind,
  sql: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const firstLine = Buffer.from(`-- volume-transfers backup of ${kind}, ${new Date().toISOString()}\n`);
  hash.update(firstLine);
  yield firstLine;
  for await (const chunk of sql) {
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.from(`-- sha256 ${hash.digest("hex")}\n`);
}

/**
 * Reads a backup and verifies that it is complete and unmodified.
 *
 * @returns the kind of its database
 * @throws CliError if the file is missing, not a backup, truncated or modified
 */
export async function verifyBackup(file: string): Promise<BackupKind> {
  if (!existsSync(file)) throw new CliError(`${file} does not exist.`);
  const hash = createHash("sha256");
  let start = "";
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    if (start.length < 100) start += chunk.toString("latin1");
    // The last line is not part of the hash, and can span two chunks.
    tail = Buffer.concat([tail, chunk]);
    const hashed = Math.max(0, tail.length - LAST_LINE_BYTES);
    hash.update(tail.subarray(0, hashed));
    tail = tail.subarray(hashed);
  }
  const [, kind] = FIRST_LINE.exec(start) ?? [];
  if (kind !== "libSQL" && kind !== "D1") {
    throw new CliError(`${file} is not a backup made by \`npm run backup\`.`);
  }
  const [, expected] = LAST_LINE.exec(tail.toString("latin1")) ?? [];
  if (expected === undefined) throw new CliError(`${file} is truncated: its last line is missing.`);
  if (hash.digest("hex") !== expected) throw new CliError(`${file} is modified: its SHA-256 does not match.`);
  return kind;
}

/**
 * Reads the statements of a backup one by one. A statement ends with a semicolon at the end of a line, outside of
 * quotes: the number of quotes before it is even, since a quote inside a string is doubled.
 */
export async function* readStatements(file: string): AsyncGenerator<string> {
  let statement = "";
  let quotes = 0;
  for await (const line of readLines(file)) {
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

/** Reads lines that end with a line feed. `node:readline` also ends lines at characters that strings can contain. */
async function* readLines(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
