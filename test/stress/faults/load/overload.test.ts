import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { checkDatabase } from "../../../../src/cli/fsck/check_database.ts";
import { Processes } from "../../../../src/cli/processes/processes.ts";
import { type CommandService, startCommand } from "../../../support/command.ts";
import { cpuMs } from "../../../support/process_stats.ts";
import { NO_QUOTA } from "../../../support/worker.ts";
import { durationSeconds } from "../duration.ts";
import { LoadGenerator } from "./load_generator.ts";
import { type MemoryHalves, recordMemory } from "./memory.ts";
import { mixedLoad } from "./mixed_load.ts";
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
/** The least throughput per CPU time after the overload, relative to that before: the noise of a short measurement. */
const RECOVERED = 0.8;
/** How often the throughput is measured before the overload counts as permanent damage. */
const MAX_ROUNDS = 10;
/** How much the mean memory may grow from the first half to the second, in MB. A leak of 1 KB a request is more. */
const MEMORY_ALLOWANCE_MB = 75;

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-overload-"));
let service: CommandService | undefined;
let generator: LoadGenerator | undefined;
afterEach(async () => {
  generator?.close();
  await service?.stop("SIGKILL");
  rmSync(folder, { recursive: true });
});

it("sheds load above its capacity with 503, with bounded latency and memory, and recovers", {
  timeout: (OVERLOAD_SECONDS + 300) * 1000,
}, async () => {
  service = await startCommand("serve", {
    ...NO_QUOTA,
    DATA_DIR: folder,
    DATABASE_TIMEOUT_MS: String(DATABASE_TIMEOUT_MS),
    LOG_REQUESTS: "errors",
  });
  const { url, process } = service;
  const load = new LoadGenerator(url, await mixedLoad(url));
  generator = load;
  const { pid } = process;
  await load.closedLoop(CLIENTS, 2);
  const normal = await measure(pid, () => load.closedLoop(CLIENTS, CAPACITY_SECONDS));
  const capacity = completed(normal.result) / CAPACITY_SECONDS;

  const memory = recordMemory(pid);
  const offered = OVERLOAD * capacity;
  const overload = await measure(pid, () => load.openLoop(offered, OVERLOAD_SECONDS));
  const halves = memory.stop();
  const recovery: number[] = [];
  do {
    const after = await measure(pid, () => load.closedLoop(CLIENTS, CAPACITY_SECONDS));
    recovery.push(completed(after.result) / after.cpuMs / (completed(normal.result) / normal.cpuMs));
  } while (!recovery.some(isRecovered) && recovery.length < MAX_ROUNDS);

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
      `memory, first and second half, MB: ${formatHalves(halves)}`,
      `afterwards, throughput per CPU time: ${recovery.map(formatPercent).join(", ")}`,
    ].join("\n"),
  );
  const shed = results.filter(({ status }) => status === 503);
  expect(results.filter(({ status }) => status === 0 || (status >= 500 && status !== 503))).toEqual([]);
  // Of the writes, which wait for a commit. A read is answered at once, and waits in its socket before.
  expect(shed.length).toBeGreaterThan(results.length / 100);
  expect(shed.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
  // Of CPU time, since other load on the machine may change the throughput at any time.
  expect(efficiency).toBeGreaterThan(MIN_EFFICIENCY);
  expect(p99).toBeLessThan(LATENCY_LIMIT_MS);
  expect(halves.secondHalf).toBeLessThan(halves.firstHalf + MEMORY_ALLOWANCE_MB);
  expect(recovery.some(isRecovered)).toBe(true);
  expect(await service.stop()).toBe(0);
  const file = {
    kind: "libsql",
    url: `file:${path.join(folder, "volume-transfers.db")}`,
    authToken: undefined,
  } as const;
  const { violations, notices } = await checkDatabase(file, new Processes(() => {}));
  expect([violations, notices]).toEqual([[], []]);
});

const isRecovered = (ratio: number): boolean => ratio > RECOVERED;

/** Runs a load, and measures the CPU time of the service, milliseconds. */
async function measure<T>(
  pid: number,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuMs: number }> {
  const before = cpuMs(pid);
  const result = await run();
  return { result, cpuMs: cpuMs(pid) - before };
}

const formatPercent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`;

const formatHalves = ({ firstHalf, secondHalf }: MemoryHalves): string =>
  `${firstHalf.toFixed(0)}, ${secondHalf.toFixed(0)}`;
