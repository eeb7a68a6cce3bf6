import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../../../src/cli/processes/processes.ts";
import { processTree } from "../../support/process_stats.ts";
import type { Operations } from "./operations.ts";

/** A server that is measured. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  /** Returns its process, and those that it has started. */
  readonly pids: () => readonly number[];
  /** The time from its start to its first response, milliseconds. */
  readonly startMs: number;
  readonly operations: Operations;
}

/** Ends what a part of the benchmark has started. */
export type Cleanup = AsyncDisposableStack;

/** Milliseconds until a server must respond: one that bundles first takes a minute on a busy machine. */
const START_MS = 300_000;
const POLL_MS = 10;

/**
 * Starts a server, and returns once it responds.
 *
 * @param logFile receives its output
 * @throws Error if it does not respond
 */
export async function startServer(
  { title, file, args, cwd, env }: Command,
  {
    url,
    healthPath,
    logFile,
  }: { readonly url: string; readonly healthPath: string; readonly logFile: string },
  cleanup: Cleanup,
): Promise<Omit<Contender, "operations" | "name">> {
  const started = performance.now();
  const log = openSync(logFile, "a");
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", log, log] });
  closeSync(log);
  const exited = new Promise((resolve, reject) => {
    child.once("error", reject).once("exit", resolve);
  });
  cleanup.defer(async () => {
    child.kill();
    await exited;
  });
  const exit = exited.then(() => {
    throw new Error(`${title} has exited; its output is in ${logFile}`);
  });
  await Promise.race([untilResponding(url + healthPath), exit]);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${title} has no process`);
  return { url, pids: () => processTree(pid), startMs: performance.now() - started };
}

async function untilResponding(url: string): Promise<void> {
  for (let left = START_MS; left > 0; left -= POLL_MS) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${url} does not respond`);
}
