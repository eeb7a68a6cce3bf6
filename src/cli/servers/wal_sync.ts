import { type BigIntStats, constants } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { temporaryFolder } from "../settings/settings.ts";

/** The folder of the database in sqld's data folder, its write-ahead log, and the database itself. */
const DATABASE_FOLDER = "dbs/default";
const LOG = "data-wal";
const DATABASE = "data";

/**
 * Starts a server that puts the commits of a libSQL server on disk: sqld hands its write-ahead log to the operating
 * system and does not wait for the disk. A POST returns 204 once all that was written to the log before it is on disk,
 * and 500 if the disk reports an error. The operating system keeps one copy of a file's pages for all processes, so
 * that any process can have them written.
 *
 * @param folder the data folder of sqld
 * @returns the address of the server, for workerd: a socket that only this user can reach
 */
export async function startWalSync(folder: string): Promise<string> {
  const socket = path.join(temporaryFolder(), "wal_sync");
  const sync = sharedRuns(logSync(path.join(folder, DATABASE_FOLDER)));
  const server = createServer((request, response) => {
    request.resume();
    sync().then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  // workerd keeps connections open. One that closes while a request is on its way loses the request.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  return `unix:${socket}`;
}

/** Makes the function that puts the log of the database in a folder on disk. */
function logSync(folder: string): () => Promise<void> {
  /** The log whose entry in the folder is on disk. */
  let known: Pick<BigIntStats, "dev" | "ino"> | undefined;
  return async () => {
    const log = await open(path.join(folder, LOG), constants.O_RDONLY).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    // The last connection that closes moves the log into the database, and deletes it.
    if (log === undefined) return syncFile(path.join(folder, DATABASE));
    try {
      await log.datasync();
      const { dev, ino } = await log.stat({ bigint: true });
      if (dev === known?.dev && ino === known.ino) return;
      await syncFile(folder);
      known = { dev, ino };
    } finally {
      await log.close();
    }
  };
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a function whose concurrent callers share runs. A caller gets the result of a run that began after its call:
 * what it has written before is part of it.
 */
function sharedRuns(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    current = run().finally(() => {
      current = undefined;
    });
    return current;
  };
  return () => {
    if (current === undefined) return start();
    next ??= current.then(start, start);
    return next;
  };
}
