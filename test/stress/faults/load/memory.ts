import { memoryMb } from "../../../support/process_stats.ts";

/** The mean resident memory of a process in the first and the second half of a recording, in MB. */
export interface MemoryHalves {
  readonly firstHalf: number;
  readonly secondHalf: number;
}

const INTERVAL_MS = 1000;

/** Samples the memory of a process until `stop` is called. */
export function recordMemory(pid: number): { stop(): MemoryHalves } {
  const samples = [memoryMb(pid).now];
  const timer = setInterval(() => samples.push(memoryMb(pid).now), INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      const middle = Math.ceil(samples.length / 2);
      return { firstHalf: mean(samples.slice(0, middle)), secondHalf: mean(samples.slice(middle)) };
    },
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
