import { parentPort } from "node:worker_threads";
import { replaceGlobals } from "./globals.ts";
import { Plan } from "./plan.ts";
import { Simulator } from "./simulation.ts";
import type { Job } from "./threads.ts";

// The thread of simulations: runs one for each job, and answers with its outcome.

replaceGlobals();
const simulator = await Simulator.open();
parentPort?.on("message", async ({ seed, only, keepsTrace = false }: Job) => {
  // The stacks of refusals, which nobody reads, would take a tenth of the time.
  Error.stackTraceLimit = keepsTrace ? 10 : 0;
  parentPort?.postMessage(await simulator.run(new Plan(seed, only), keepsTrace));
});
