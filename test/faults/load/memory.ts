import type { KillableProcess } from "../../support/killable_process.ts";

/** The mean resident memory of a process in the first and the second half of a recording, in bytes. */
export interface MemoryHalves {
  readonly firstHalf: number;
  readonly secondHalf: number;
  /** Both for a person, in MiB. */
  readonly text: string;
}

const INTERVAL_MS = 1000;

/** Samples the memory of a process until `stop` is called. */
export function recordMemory(program: KillableProcess): { stop(): MemoryHalves } {
  const samples = [program.residentBytes()];
  const timer = setInterval(() => samples.push(program.residentBytes()), INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      const middle = Math.ceil(samples.length / 2);
      const firstHalf = mean(samples.slice(0, middle));
      const secondHalf = mean(samples.slice(middle));
      return { firstHalf, secondHalf, text: `${mebibytes(firstHalf)}, ${mebibytes(secondHalf)} MiB` };
    },
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
