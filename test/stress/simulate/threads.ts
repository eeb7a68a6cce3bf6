import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { buildScript } from "./script.ts";
import type { Outcome } from "./simulation.ts";

/** A simulation to run. */
export interface Job {
  readonly seed: number;
  /** The elements that it has; undefined for all. */
  readonly only?: readonly string[];
  readonly keepsTrace?: boolean;
}

/** The time after which a simulation will never end, milliseconds. */
const LONGEST_MS = 60_000;

/** A thread in which simulations run, one at a time. */
export class SimulationThread {
  readonly #worker: Worker;

  /** @param script see `buildScript` */
  constructor(script: string) {
    this.#worker = new Worker(script);
    this.#worker.setMaxListeners(0);
  }

  /** @throws Error if the thread has failed, or takes too long */
  async run(job: Job): Promise<Outcome> {
    this.#worker.postMessage(job);
    const [outcome] = await once(this.#worker, "message", { signal: AbortSignal.timeout(LONGEST_MS) });
    // The thread sends nothing else.
    return outcome as Outcome;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The seeds to simulate. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/**
 * Simulates seeds, with a thread for each core.
 *
 * @param receive receives each outcome, in any order
 */
export async function simulateSeeds(
  { first, count }: Seeds,
  receive: (outcome: Outcome) => void,
): Promise<void> {
  let next = first;
  const script = await buildScript();
  const work = async () => {
    const thread = new SimulationThread(script);
    try {
      while (next < first + count) receive(await thread.run({ seed: next++ }));
    } finally {
      await thread.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), count) }, work));
}
