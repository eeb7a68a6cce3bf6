import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { CliError } from "../errors.ts";
import { commandLine } from "../settings/settings.ts";

// A backup is a file of SQL: the statements that make a copy of the database, each ends a line. Its last line is a comment
// with the SHA-256 of everything before it, so that a truncated or modified file is detected before a restore.

/** The first line. Up to version 1.0 it named the kind of the database. */
const FIRST_LINE = /^-- volume-transfers backup(?: of (?:libSQL|D1))?, \S+\n/;
const LAST_LINE = /-- sha256 ([0-9a-f]{64})\n$/;
const LAST_LINE_BYTES = "-- sha256 \n".length + 64;

/**
 * Writes a backup. It has a temporary name until it is complete and flushed to the disk. Only its owner can read it
 * (mode 0600).
 *
 * @param statements without semicolons at their ends
 * @throws CliError if the file exists, and any error of `statements`
 */
export async function writeBackup(file: string, statements: AsyncIterable<string>): Promise<void> {
  assertAbsent(file);
  const partial = `${file}.partial-${process.pid}`;
  // A signal ends the process without running `finally`.
  process.once("exit", () => rmSync(partial, { force: true }));
  const disk = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
  await pipeline(backupLines(statements), disk);
  assertAbsent(file);
  renameSync(partial, file);
}

function assertAbsent(file: string): void {
  if (existsSync(file)) throw new CliError(`${file} exists. A backup never overwrites a file.`);
}

async function* backupLines(statements: AsyncIterable<string>): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const add = (line: string): string => {
    hash.update(line);
    return line;
  };
  yield add(`-- volume-transfers backup, ${new Date().toISOString()}\n`);
  for await (const statement of statements) yield add(`${statement};\n`);
  yield `-- sha256 ${hash.digest("hex")}\n`;
}

/**
 * Reads a backup and verifies that it is complete and unmodified.
 *
 * @returns its size, bytes
 * @throws CliError if the file is missing, not a backup, truncated or modified
 */
export async function verifyBackup(file: string): Promise<number> {
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
  if (!FIRST_LINE.test(start))
    throw new CliError(`${file} is not a backup made by \`${commandLine("backup")}\`.`);
  const [, expected] = LAST_LINE.exec(tail.toString("latin1")) ?? [];
  if (expected === undefined) throw new CliError(`${file} is truncated: its last line is missing.`);
  if (hash.digest("hex") !== expected) throw new CliError(`${file} is modified: its SHA-256 does not match.`);
  return statSync(file).size;
}

/**
 * Reads the statements of a file of SQL one by one, without their semicolons. A statement ends with a semicolon at the end of a line, outside of
 * quotes: the number of quotes before it is even, since a quote inside a string is doubled.
 *
 * @param onRead receives the number of bytes that were read
 * @throws CliError if the file ends within a statement
 */
export async function* readStatements(
  file: string,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<string> {
  let statement = "";
  let quotes = 0;
  for await (const line of readLines(file, onRead)) {
    if (statement === "" && (line === "" || line.startsWith("--"))) continue;
    statement += line;
    quotes += line.split("'").length - 1;
    if (quotes % 2 === 0 && line.endsWith(";")) {
      yield statement.slice(0, -1);
      statement = "";
      quotes = 0;
    } else statement += "\n";
  }
  if (statement !== "") throw new CliError(`${file} ends within a statement: ${statement.slice(0, 100)}`);
}

/** Reads lines that end with a line feed. `node:readline` also ends lines at characters that strings can contain. */
async function* readLines(file: string, onRead: (bytes: number) => void): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    onRead(Buffer.byteLength(chunk));
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
