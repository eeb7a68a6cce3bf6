import { constants } from "node:os";
import { CommandFailed, Processes } from "./processes.ts";

/** A mistake that the caller can set right: its message is all there is to say. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

interface End {
  readonly exitCode: number;
  readonly failure?: unknown;
}

/**
 * Runs one of the commands of this folder and ends the process, leaving none of its children behind.
 *
 * @param kind a `command` is done when its work is, and a signal that cuts it short makes it fail; a `service`
 *   goes on until a signal ends it, with exit code 0, or until one of its processes ends, with exit code 1
 * @param work is given the processes, to start its children with
 */
export async function supervise(
  kind: "command" | "service",
  work: (processes: Processes) => Promise<void>,
): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<End>();
  // The signal may come twice: from the terminal, and passed on by npm.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => resolve({ exitCode: kind === "service" ? 0 : 128 + constants.signals[signal] }));
  }
  // That nobody reads the output any more is no reason to fall over.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

  const processes = new Processes((failure) => resolve({ exitCode: 1, failure }));
  work(processes).then(
    () => {
      if (kind === "command") resolve({ exitCode: 0 });
    },
    (failure: unknown) => resolve({ exitCode: 1, failure }),
  );
  const end = await promise;
  if (end.failure !== undefined) console.error(`volume-transfers: ${inWords(end.failure)}`);
  await processes.stop();
  process.exit(end.exitCode);
}

/** What went wrong: its message alone where that says all, with the stack where it is a defect of ours. */
function inWords(failure: unknown): string {
  if (failure instanceof UsageError || failure instanceof CommandFailed) return failure.message;
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
