import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../support/statistics.ts";

const PAUSE_MS = 25;
/** How long the client goes on after the attack. */
const AFTERWARDS_MS = 1000;
const TIMEOUT_MS = 10_000;

/** The responses to an innocent client. */
export interface Experience {
  readonly requests: number;
  /** The requests that were refused or had no response. */
  readonly failures: number;
  /** Milliseconds, failures included. */
  readonly p99: number;
}

/** Runs work while a client lists its transfers, one request after another. */
export async function withInnocent<T>(
  url: string,
  headers: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly experience: Experience }> {
  // The service validates the token, and remembers it.
  await (await fetch(`${url}/v3/volume-transfers`, { headers })).text();
  const times: number[] = [];
  let failures = 0;
  let running = true;
  const client = (async () => {
    while (running) {
      const started = performance.now();
      try {
        const response = await fetch(`${url}/v3/volume-transfers`, {
          headers,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        await response.text();
        if (response.status !== 200) failures++;
      } catch {
        failures++;
      }
      times.push(performance.now() - started);
      await sleep(PAUSE_MS);
    }
  })();
  try {
    const result = await work();
    await sleep(AFTERWARDS_MS);
    return { result, experience: { requests: times.length, failures, p99: percentile(times, 0.99) } };
  } finally {
    running = false;
    await client;
  }
}
