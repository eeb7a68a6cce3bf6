import { cpuMs, memoryMb, untilIdle } from "../../support/process_stats.ts";
import { median } from "../../support/statistics.ts";
import type { Contender } from "./contender.ts";
import { runLoad } from "./load.ts";
import { OPERATION_NAMES, type OperationName } from "./operations.ts";

/** The medians over the rounds. */
export interface Measurement {
  readonly contender: string;
  readonly operation: OperationName;
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
  /** The CPU time of all processes of the contender per request, milliseconds. */
  readonly cpuMs: number;
}

/** The results of contenders side by side. */
export interface Race {
  readonly measurements: readonly Measurement[];
  readonly servers: readonly {
    readonly contender: string;
    readonly startMs: number;
    /** The resident memory of all its processes at its peak, MB. */
    readonly memoryMb: number;
  }[];
}

export interface RaceSettings {
  /** How many rounds are measured. One more warms up. */
  readonly rounds: number;
  /** The duration of a round. */
  readonly seconds: number;
  readonly connections: readonly number[];
}

/**
 * Measures contenders in alternating rounds.
 *
 * @param operations those to measure, by contenders that have them
 * @param settle waits until a contender has finished its last requests
 */
export async function race(
  contenders: readonly Contender[],
  { rounds, seconds, connections: counts }: RaceSettings,
  log: (line: string) => void,
  operations: readonly OperationName[] = OPERATION_NAMES,
  settle: (contender: Contender) => Promise<void> = untilAllIdle,
): Promise<Race> {
  const measurements: Measurement[] = [];
  for (const operation of operations) {
    for (const connections of counts) {
      const entrants = contenders.flatMap((contender) => {
        const sequence = contender.operations[operation];
        return sequence === undefined ? [] : [{ contender, sequence, measured: [] as Round[] }];
      });
      for (let round = 0; round <= rounds; round++) {
        for (const { contender, sequence, measured } of entrants) {
          await settle(contender);
          const before = totalCpuMs(contender);
          const { requests, ...result } = await runLoad(contender.url, connections, seconds, sequence);
          const cpuMs = (totalCpuMs(contender) - before) / requests;
          if (round > 0) measured.push({ ...result, cpuMs });
        }
      }
      const results = entrants.map(({ contender, measured }) => ({
        contender: contender.name,
        operation,
        connections,
        ...medians(measured),
      }));
      measurements.push(...results);
      const rates = results.map((one) => `${one.contender} ${one.requestsPerSecond.toFixed(0)}`);
      log(`${operation}, ${connections} connections, requests/s: ${rates.join(", ")}`);
    }
  }
  return {
    measurements,
    servers: contenders.map((contender) => ({
      contender: contender.name,
      startMs: contender.startMs,
      memoryMb: contender.pids().reduce((sum, pid) => sum + memoryMb(pid).peak, 0),
    })),
  };
}

type Round = Pick<Measurement, "requestsPerSecond" | "p50" | "p99" | "cpuMs">;

function medians(rounds: readonly Round[]): Round {
  const of = (name: keyof Round) => median(rounds.map((round) => round[name]));
  return { requestsPerSecond: of("requestsPerSecond"), p50: of("p50"), p99: of("p99"), cpuMs: of("cpuMs") };
}

const totalCpuMs = ({ pids }: Contender): number => pids().reduce((sum, pid) => sum + cpuMs(pid), 0);

async function untilAllIdle({ pids }: Contender): Promise<void> {
  for (const pid of pids()) await untilIdle(pid);
}
