import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { percentile } from "../../support/statistics.ts";
import type { Experience, InnocentData } from "./innocent.ts";

// The thread of the innocent client: an attack keeps its own thread busy, too.

const PAUSE_MS = 25;
const TIMEOUT_MS = 10_000;

// `withInnocent` has started this thread, with these data.
const { url, headers } = workerData as InnocentData;

const send = (method: string, resource: string, body?: object) =>
  fetch(`${url}/v3/${resource}`, {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });

const list = async () => {
  const response = await send("GET", "volume-transfers");
  return `${response.status} ${await response.text()}`;
};

/** Creates a transfer, and returns the list of it. The service validates the token, and remembers it. */
async function prepare(): Promise<string> {
  const created = await send("POST", "volumes", { volume: { size: 1 } });
  const { volume } = await created.json<{ volume: { id: string } }>();
  await (await send("POST", "volume-transfers", { transfer: { volume_id: volume.id } })).text();
  const right = await list();
  if (!right.startsWith("200 ") || !right.includes(volume.id)) throw new Error(right);
  return right;
}

const right = await prepare();
const times: number[] = [];
let failures = 0;
let running = true;
parentPort?.on("message", () => {
  running = false;
});
parentPort?.postMessage("ready");
while (running) {
  const started = performance.now();
  try {
    if ((await list()) !== right) failures++;
  } catch {
    failures++;
  }
  times.push(performance.now() - started);
  await sleep(PAUSE_MS);
}
parentPort?.postMessage({
  requests: times.length,
  failures,
  p99: percentile(times, 0.99),
  longest: Math.max(...times),
} satisfies Experience);
parentPort?.close();
