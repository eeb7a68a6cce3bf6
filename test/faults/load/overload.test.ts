import { afterEach, expect, it } from "vitest";
import { type Deployment, deploy } from "../deployment.ts";
import { seconds } from "../duration.ts";
import type { Program } from "../program.ts";
import { Generator, type Result } from "./load_generator.ts";
import { mixedLoad } from "./mixed_load.ts";

// Three times as many requests as the service can answer, for two minutes.

const OVERLOAD_S = seconds("FAULTS_LOAD_SECONDS", 120);
const MEASURE_S = 8;
/** As many clients as keep the service busy. */
const CLIENTS = 24;
/** How soon after the load the service is to be at full speed. */
const RECOVERY_S = 12;
/** How long it may take to an answer, of a hundred all but one: no request waits for many others. */
const P99_MS = 3000;

let service: Deployment | undefined;
let generator: Generator | undefined;
afterEach(async () => {
  generator?.close();
  await service?.stop();
  service = undefined;
});

const answered = (results: readonly Result[]): readonly Result[] =>
  results.filter(({ status }) => status !== 0 && status < 500);
const percentile = (results: readonly Result[], p: number): number =>
  results.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor((results.length - 1) * p)] ?? Number.NaN;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Looks at what a program holds in memory each second; what it returns ends that, and gives the two halves' means. */
function watchMemory(program: Program): () => readonly [firstHalf: number, secondHalf: number] {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(program.residentBytes()), 1000);
  return () => {
    clearInterval(timer);
    const half = Math.floor(samples.length / 2);
    return [mean(samples.slice(0, half)), mean(samples.slice(half))];
  };
}

it("sheds what it cannot carry, stays as large as it is, and is at full speed soon afterwards", {
  timeout: (OVERLOAD_S + 120) * 1000,
}, async () => {
  service = await deploy({ direct: true });
  generator = new Generator(service.worker.url, await mixedLoad(service.worker.url));
  await generator.closedLoop(CLIENTS, 2);
  const capacity = answered(await generator.closedLoop(CLIENTS, MEASURE_S)).length / MEASURE_S;

  const memory = { workerd: watchMemory(service.worker.program), sqld: watchMemory(service.sqld.program) };
  const { results, notSent } = await generator.openLoop(3 * capacity, OVERLOAD_S);
  const [workerd, sqld] = [memory.workerd(), memory.sqld()];
  const speeds: number[] = [];
  for (let s = 0; s < RECOVERY_S; s += 3)
    speeds.push(answered(await generator.closedLoop(CLIENTS, 3)).length / 3);
  const recovered = Math.max(...speeds);

  const shed = results.filter(({ status }) => status === 503);
  const statuses = Map.groupBy(results, ({ status }) => status);
  console.log(
    [
      `capacity ${capacity.toFixed(0)}/s; offered ${(3 * capacity).toFixed(0)}/s for ${OVERLOAD_S} s`,
      `answers: ${[...statuses].map(([status, { length }]) => `${length} × ${status}`).join(", ")}`,
      `${notSent} not sent, for all connections waited for an answer`,
      `done ${(answered(results).length / OVERLOAD_S).toFixed(0)}/s`,
      `p50 ${percentile(results, 0.5).toFixed(0)} ms, p99 ${percentile(results, 0.99).toFixed(0)} ms`,
      `workerd ${workerd.map(mebibytes).join(", then ")}; sqld ${sqld.map(mebibytes).join(", then ")}`,
      `afterwards ${speeds.map((speed) => speed.toFixed(0)).join(", ")}/s`,
    ].join("\n"),
  );
  expect(results.filter(({ status }) => status === 0 || (status >= 500 && status !== 503))).toEqual([]);
  expect(shed.length).toBeGreaterThan(results.length / 10);
  expect(shed.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
  expect(answered(results).length / OVERLOAD_S).toBeGreaterThan(capacity / 4);
  expect(percentile(results, 0.99)).toBeLessThan(P99_MS);
  for (const [first, second] of [workerd, sqld]) expect(second).toBeLessThan(first * 1.25);
  expect(recovered).toBeGreaterThan(0.8 * capacity);
  const { violations, notices } = await service.check();
  expect([violations, notices]).toEqual([[], []]);
});
