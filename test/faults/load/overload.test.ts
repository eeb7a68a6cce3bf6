import { afterEach, expect, inject, it } from "vitest";
import { type Deployment, deploy, expectConsistent } from "../deployment.ts";
import { durationSeconds } from "../duration.ts";
import { LoadGenerator, type LoadRequest, type LoadResult } from "./load_generator.ts";
import { type MemoryHalves, recordMemory } from "./memory.ts";
import { mixedLoad } from "./mixed_load.ts";

const OVERLOAD_SECONDS = durationSeconds("FAULTS_LOAD_SECONDS", 120);
/** How long the capacity is measured. */
const CAPACITY_SECONDS = 8;
/** Enough clients to keep the service busy. */
const CLIENTS = 24;
/** How often the Worker is compared with a new one before it counts as damaged by the overload. */
const MAX_RECOVERY_ROUNDS = 10;
const ROUND_SECONDS = 3;
/** The offered load, as a multiple of the capacity. */
const OVERLOAD = 3;
const MAX_REQUESTS_IN_FLIGHT = 256;

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
  service = await deploy({
    direct: true,
    variables: { MAX_REQUESTS_IN_FLIGHT: String(MAX_REQUESTS_IN_FLIGHT) },
  });
  const nextRequest = await mixedLoad(service.worker.url);
  const generator = generateLoad(service.worker.url, nextRequest);
  await generator.closedLoop(CLIENTS, 2);
  const capacity = throughput(await generator.closedLoop(CLIENTS, CAPACITY_SECONDS), CAPACITY_SECONDS);

  const workerd = recordMemory(service.worker.process);
  const sqld = recordMemory(service.sqld.process);
  const offered = OVERLOAD * capacity;
  const { results, notSent } = await generator.openLoop(offered, OVERLOAD_SECONDS);
  const memory = { workerd: workerd.stop(), sqld: sqld.stop() };
  const newWorker = await service.addWorker(inject("builtWorker"));
  const recovery = await untilRecovered(generator, generateLoad(newWorker.url, nextRequest));

  const goodput = throughput(results, OVERLOAD_SECONDS);
  const p99 = percentile(results, 0.99);
  console.log(
    [
      `capacity: ${capacity.toFixed(0)} requests/s; offered: ${offered.toFixed(0)} for ${OVERLOAD_SECONDS} s`,
      `responses by status: ${formatStatuses(results)}; not sent, all connections busy: ${notSent}`,
      `goodput: ${goodput.toFixed(0)} requests/s, ${((100 * goodput) / capacity).toFixed(0)} % of the capacity`,
      `latency: p50 ${percentile(results, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      `memory, first and second half: workerd ${memory.workerd.text}; sqld ${memory.sqld.text}`,
      `throughput afterwards: ${recovery.map(formatRound).join(", ")}`,
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
  const last = recovery.at(-1);
  expect(last?.ratio).toBeGreaterThan(RECOVERED);
  expect(last?.overloaded).toBeGreaterThan(capacity / 4);
  await expectConsistent(service);
});

/** The throughput of two Workers in one round, in requests per second. */
interface Round {
  readonly overloaded: number;
  readonly fresh: number;
  readonly ratio: number;
}

/** The throughput of the Worker after the overload, relative to a new one: it is as fast, but for noise. */
const RECOVERED = 0.8;

/**
 * Compares the Worker with a new one on the same database until it is as fast. The two are measured in turns, so that
 * other load on the machine affects both.
 */
async function untilRecovered(overloaded: LoadGenerator, fresh: LoadGenerator): Promise<Round[]> {
  const measure = async (generator: LoadGenerator) =>
    throughput(await generator.closedLoop(CLIENTS, ROUND_SECONDS), ROUND_SECONDS);
  const rounds: Round[] = [];
  await measure(fresh);
  do {
    const [old, recent] = [await measure(overloaded), await measure(fresh)];
    rounds.push({ overloaded: old, fresh: recent, ratio: old / recent });
  } while ((rounds.at(-1)?.ratio ?? 0) <= RECOVERED && rounds.length < MAX_RECOVERY_ROUNDS);
  return rounds;
}

const formatRound = ({ overloaded, fresh, ratio }: Round): string =>
  `${overloaded.toFixed(0)} requests/s, a new Worker ${fresh.toFixed(0)}, ratio ${ratio.toFixed(2)}`;

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
