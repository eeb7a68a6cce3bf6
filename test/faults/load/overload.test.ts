import { afterEach, expect, it } from "vitest";
import { type Deployment, deploy, expectConsistent } from "../deployment.ts";
import { durationSeconds } from "../duration.ts";
import { LoadGenerator, type LoadResult } from "./load_generator.ts";
import { type MemoryHalves, recordMemory } from "./memory.ts";
import { mixedLoad } from "./mixed_load.ts";

const OVERLOAD_SECONDS = durationSeconds("FAULTS_LOAD_SECONDS", 120);
/** How long the capacity is measured. */
const CAPACITY_SECONDS = 8;
/** Enough clients to keep the service busy. */
const CLIENTS = 24;
/** After this time the service must work at full capacity again. */
const RECOVERY_SECONDS = 12;
/** The offered load, as a multiple of the capacity. */
const OVERLOAD = 3;
const MAX_REQUESTS_IN_FLIGHT = 256;

let service: Deployment | undefined;
let generator: LoadGenerator | undefined;
afterEach(async () => {
  generator?.close();
  await service?.stop();
  service = undefined;
});

it("sheds load above its capacity with 503, with bounded latency and memory, and recovers", {
  timeout: (OVERLOAD_SECONDS + 300) * 1000,
}, async () => {
  service = await deploy({
    direct: true,
    variables: { MAX_REQUESTS_IN_FLIGHT: String(MAX_REQUESTS_IN_FLIGHT) },
  });
  generator = new LoadGenerator(service.worker.url, await mixedLoad(service.worker.url));
  await generator.closedLoop(CLIENTS, 2);
  const capacity = throughput(await generator.closedLoop(CLIENTS, CAPACITY_SECONDS), CAPACITY_SECONDS);

  const workerd = recordMemory(service.worker.process);
  const sqld = recordMemory(service.sqld.process);
  const offered = OVERLOAD * capacity;
  const { results, notSent } = await generator.openLoop(offered, OVERLOAD_SECONDS);
  const memory = { workerd: workerd.stop(), sqld: sqld.stop() };
  const recovery: number[] = [];
  for (let second = 0; second < RECOVERY_SECONDS; second += 3) {
    recovery.push(throughput(await generator.closedLoop(CLIENTS, 3), 3));
  }

  const goodput = throughput(results, OVERLOAD_SECONDS);
  const p99 = percentile(results, 0.99);
  console.log(
    [
      `capacity: ${capacity.toFixed(0)} requests/s; offered: ${offered.toFixed(0)} for ${OVERLOAD_SECONDS} s`,
      `responses by status: ${formatStatuses(results)}; not sent, all connections busy: ${notSent}`,
      `goodput: ${goodput.toFixed(0)} requests/s, ${((100 * goodput) / capacity).toFixed(0)} % of the capacity`,
      `latency: p50 ${percentile(results, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      `memory, first and second half: workerd ${memory.workerd.text}; sqld ${memory.sqld.text}`,
      `throughput afterwards: ${recovery.map((rate) => rate.toFixed(0)).join(", ")} requests/s`,
    ].join("\n"),
  );
  const shed = results.filter(({ status }) => status === 503);
  expect(results.filter(({ status }) => status === 0 || (status >= 500 && status !== 503))).toEqual([]);
  expect(shed.length).toBeGreaterThan(results.length / 10);
  expect(shed.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
  expect(goodput).toBeGreaterThan(capacity / 4);
  expect(p99).toBeLessThan(latencyLimitMs(goodput));
  for (const { firstHalf, secondHalf } of Object.values<MemoryHalves>(memory)) {
    expect(secondHalf).toBeLessThan(firstHalf * 1.25);
  }
  expect(Math.max(...recovery)).toBeGreaterThan(0.8 * capacity);
  await expectConsistent(service);
});

/**
 * Returns the limit of the latency, in milliseconds. A request waits for at most `MAX_REQUESTS_IN_FLIGHT` others, and
 * as long again in the queues of the sockets; the rest is allowance for the scheduler of a busy machine.
 */
const latencyLimitMs = (goodput: number): number => (5 * 1000 * MAX_REQUESTS_IN_FLIGHT) / goodput;

const throughput = (results: readonly LoadResult[], seconds: number): number =>
  results.filter(({ status }) => status !== 0 && status < 500).length / seconds;

function percentile(results: readonly LoadResult[], p: number): number {
  const sorted = results.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * p)] ?? Number.NaN;
}

function formatStatuses(results: readonly LoadResult[]): string {
  const groups = Map.groupBy(results, ({ status }) => status);
  return [...groups].map(([status, { length }]) => `${length} × ${status}`).join(", ");
}
