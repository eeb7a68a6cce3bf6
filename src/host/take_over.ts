import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import Database from "libsql";
import { OperatorError } from "./errors.ts";
import { lock } from "./lock.ts";
import { CHECKPOINT, END_LOG } from "./take_over.sql.ts";

// Version 1.0 stored the database of a region in `sqld/dbs/default/data`, with a libSQL server of its own.

/** The database of version 1.0 beside a file. */
interface OldDatabase {
  /** The folder that is removed in the end. */
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  /** The file that version 1.0 locks. */
  readonly lock: string;
  /** Holds the state in which the database was taken over. */
  readonly mark: string;
}

function oldDatabase(file: string): OldDatabase {
  const folder = path.join(path.dirname(file), "sqld");
  const data = path.join(folder, "dbs/default/data");
  return {
    folder,
    data,
    log: `${data}-wal`,
    lock: path.join(folder, "lock"),
    mark: path.join(folder, "taken_over"),
  };
}

/**
 * Takes over the database of version 1.0, once: copies it to a file that does not exist yet. A crash at any time leaves
 * either no file, and the next call begins again, or the whole database. The old files stay until the next start.
 *
 * @param file the file of the database
 * @param report receives what is done
 * @returns removes the old files that an earlier start has taken over; to be called when the service is ready
 * @throws OperatorError if version 1.0 runs on the database, or the copy fails
 */
export function takeOver(file: string, report: (line: string) => void): () => void {
  const old = oldDatabase(file);
  if (existsSync(file)) return () => removeTakenOver(old, report);
  if (!existsSync(old.data)) return () => {};
  const unlock = lock(old.folder, old.lock);
  const copy = `${file}.taking-over`;
  try {
    const state = stateOf(old);
    report(`taking over the database of version 1.0 in ${old.folder}, ${megabytes(old)} MB`);
    remove(copy);
    copyFileSync(old.data, copy);
    if (existsSync(old.log)) copyFileSync(old.log, `${copy}-wal`);
    mergeLog(copy);
    sync(copy);
    writeFileSync(old.mark, state);
    sync(old.mark);
    sync(old.folder);
    renameSync(copy, file);
    sync(path.dirname(file));
    report(`the database is in ${file} now, and ${old.folder} stays until the next start`);
    return () => {};
  } catch (error) {
    remove(copy);
    throw new OperatorError(`the database in ${old.folder} cannot be taken over: ${String(error)}`);
  } finally {
    unlock();
  }
}

/** Removes the files of version 1.0 that an earlier start has taken over, unless they have changed since. */
function removeTakenOver(old: OldDatabase, report: (line: string) => void): void {
  const removed = `${old.folder}.removed`;
  if (existsSync(old.data)) {
    if (!existsSync(old.mark) || readFileSync(old.mark, "utf8") !== stateOf(old)) {
      report(
        `${old.folder} has a database of version 1.0 that is not used. Remove it if you do not need it.`,
      );
      return;
    }
    renameSync(old.folder, removed);
    report(`removed ${old.folder}, which an earlier start has taken over`);
  }
  rmSync(removed, { recursive: true, force: true });
}

/** Returns a text that differs after any write. */
const stateOf = ({ data, log }: OldDatabase): string =>
  [data, log]
    .map((name) => {
      if (!existsSync(name)) return "none";
      const { size, mtimeMs } = statSync(name);
      return `${size} bytes, ${mtimeMs}`;
    })
    .join("; ");

const megabytes = ({ data, log }: OldDatabase): number =>
  Math.ceil([data, log].reduce((sum, name) => sum + (existsSync(name) ? statSync(name).size : 0), 0) / 1e6);

/** Removes a copy that was not finished. */
function remove(copy: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(copy + suffix, { force: true });
}

/** Moves the log of a copy into the copy, so that it is one file. */
function mergeLog(copy: string): void {
  const database = new Database(copy);
  try {
    database.exec(CHECKPOINT);
    database.exec(END_LOG);
  } finally {
    database.close();
  }
  const log = `${copy}-wal`;
  if (existsSync(log) && statSync(log).size > 0) throw new Error("its log was not moved into the copy");
  for (const suffix of ["-wal", "-shm"]) rmSync(copy + suffix, { force: true });
}

/** Waits until a file, or the entries of a folder, are on disk. */
function sync(name: string): void {
  const handle = openSync(name, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
