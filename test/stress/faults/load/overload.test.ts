import { afterEach, expect, inject, it } from "vitest";
import { cpuMs } from "../../../support/process_stats.ts";
import { type Deployment, deploy, expectConsistent } from "../deployment.ts";
import { durationSeconds } from "../duration.ts";
import { LoadGenerator, type LoadRequest } from "./load_generator.ts";
import { type MemoryHalves, recordMemory } from "./memory.ts";
import { mixedLoad } from "./mixed_load.ts";
import { isRecovered, untilRecovered } from "./recovery.ts";
import { completed, formatStatuses, latency } from "./results.ts";

const OVERLOAD_SECONDS = durationSeconds("FAULTS_LOAD_SECONDS", 120);
/** How long the capacity is measured. */
const CAPACITY_SECONDS = 8;
/** Enough clients to keep the service busy. */
const CLIENTS = 24;
/** The least goodput per CPU time under overload, relative to that at capacity: what refusals may cost. */
const MIN_EFFICIENCY = 0.9;
/** The offered load, as a multiple of the capacity. */
const OVERLOAD = 3;
const DATABASE_TIMEOUT_MS = 5000;
/** A request waits no longer for the database, and as long again in the queues of the sockets of a busy machine. */
const LATENCY_LIMIT_MS = 2 * DATABASE_TIMEOUT_MS;
/** How much the mean memory may grow from the first half to the second, in MB. A leak of 1 KB a request is more. */
const MEMORY_ALLOWANCE_MB = 75;

let service: Deployment | undefined;
const generators: LoadGenerator[] = [];
afterEach(async () => {
  for (const generator of generators.splice(0)) generator.close();
  await service?.stop();
  service = undefined;
});

function generateLoad(url: string, next: () => LoadRequest): LoadGenerator {
  const generator = new LoadGenerator(url, next);
  generators.push(generator);
  return generator;
}

it("sheds load above its capacity with 503, with bounded latency and memory, and recovers", {
  timeout: (OVERLOAD_SECONDS + 300) * 1000,
}, async () => {
  const variables = { DATABASE_TIMEOUT_MS: String(DATABASE_TIMEOUT_MS) };
  service = await deploy({ direct: true, variables });
  const pids = [service.worker.process.pid, service.sqld.process.pid] as const;
  const nextRequest = await mixedLoad(service.worker.url);
  const generator = generateLoad(service.worker.url, nextRequest);
  await generator.closedLoop(CLIENTS, 2);
  const normal = await measure(pids, () => generator.closedLoop(CLIENTS, CAPACITY_SECONDS));
  const capacity = completed(normal.result) / CAPACITY_SECONDS;

  const [workerdMemory, sqldMemory] = [recordMemory(pids[0]), recordMemory(pids[1])];
  const offered = OVERLOAD * capacity;
  const overload = await measure(pids, () => generator.openLoop(offered, OVERLOAD_SECONDS));
  const [workerd, sqld] = [workerdMemory.stop(), sqldMemory.stop()];
  const newWorker = await service.addWorker(inject("builtWorker"));
  const recovery = await untilRecovered(generator, generateLoad(newWorker.url, nextRequest), CLIENTS);

  const { results, notSent } = overload.result;
  const goodput = completed(results) / OVERLOAD_SECONDS;
  const efficiency = completed(results) / overload.cpuMs / (completed(normal.result) / normal.cpuMs);
  const [p50, p99] = [latency(results, 0.5), latency(results, 0.99)];
  console.log(
    [
      `capacity: ${capacity.toFixed(0)} requests/s; offered: ${offered.toFixed(0)} for ${OVERLOAD_SECONDS} s`,
      `responses by status: ${formatStatuses(results)}; not sent, all connections busy: ${notSent}`,
      `goodput: ${goodput.toFixed(0)} requests/s, ${formatPercent(goodput / capacity)} of the capacity`,
      `goodput per CPU time: ${formatPercent(efficiency)} of the capacity per CPU time`,
      `latency: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      `memory, first and second half, MB: workerd ${formatHalves(workerd)}; sqld ${formatHalves(sqld)}`,
      `afterwards: ${recovery.map(({ ratio }) => ratio.toFixed(2)).join(", ")} of the throughput of a new Worker`,
    ].join("\n"),
  );
  const shed = results.filter(({ status }) => status === 503);
  expect(results.filter(({ status }) => status === 0 || (status >= 500 && status !== 503))).toEqual([]);
  expect(shed.length).toBeGreaterThan(results.length / 10);
  expect(shed.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
  // Of CPU time, since other load on the machine may change the throughput at any time.
  expect(efficiency).toBeGreaterThan(MIN_EFFICIENCY);
  expect(p99).toBeLessThan(LATENCY_LIMIT_MS);
  for (const { firstHalf, secondHalf } of [workerd, sqld]) {
    expect(secondHalf).toBeLessThan(firstHalf + MEMORY_ALLOWANCE_MB);
  }
  expect(recovery.some(isRecovered)).toBe(true);
  await expectConsistent(service);
});

/** Runs a load, and measures the CPU time of the servers in milliseconds. */
async function measure<T>(
  pids: readonly number[],
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuMs: number }> {
  const total = () => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const before = total();
  const result = await run();
  return { result, cpuMs: total() - before };
}

const formatPercent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`;

const formatHalves = ({ firstHalf, secondHalf }: MemoryHalves): string =>
  `${firstHalf.toFixed(0)}, ${secondHalf.toFixed(0)}`;
