import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

/** How long the client goes on after the attack. */
const AFTERWARDS_MS = 1000;

/** The values that the thread of the client is started with. */
export interface InnocentData {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The responses to an innocent client. */
export interface Experience {
  readonly requests: number;
  /** The requests that were refused, had no response, or another one than before the attack. */
  readonly failures: number;
  /** Milliseconds, failures included. */
  readonly p99: number;
  /** Milliseconds: of a hundred requests the 99th percentile leaves out the one that an attack held up. */
  readonly longest: number;
}

/**
 * Runs work while a client lists its transfers, one request after another.
 *
 * @throws Error if the client is refused before the work begins
 */
export async function withInnocent<T>(
  url: string,
  headers: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly experience: Experience }> {
  const data: InnocentData = { url, headers };
  const client = new Worker(path.join(import.meta.dirname, "innocent_client.ts"), { workerData: data });
  try {
    await once(client, "message");
    const result = await work();
    await sleep(AFTERWARDS_MS);
    client.postMessage("stop");
    // The client sends nothing else after its first message.
    const [experience] = (await once(client, "message")) as [Experience];
    return { result, experience };
  } finally {
    await client.terminate();
  }
}
