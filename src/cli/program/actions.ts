import type { Processes } from "../processes/processes.ts";
import { type Stop, supervise } from "../processes/supervise.ts";

// The modules of a command are loaded when it runs, so that its help is printed at once.

/**
 * Returns the action of a command, which ends when its work is done.
 *
 * @example
 * program.command("backup").argument("<FILE>").action(run(async () => (await import("../commands/backup.ts")).backUp));
 */
export const run =
  <Args extends unknown[]>(load: () => Promise<(processes: Processes, ...args: Args) => Promise<void>>) =>
  (...args: Args): Promise<void> =>
    supervise("command", async (processes) => {
      const work = await load();
      await work(processes, ...args);
      return undefined;
    });

/** Returns the action of a service, which runs until a signal ends it. */
export const serve =
  <Args extends unknown[]>(
    load: () => Promise<(processes: Processes, ...args: Args) => Promise<Stop | undefined>>,
  ) =>
  (...args: Args): Promise<void> =>
    supervise("service", async (processes) => (await load())(processes, ...args));
