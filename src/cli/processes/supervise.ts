import { constants } from "node:os";
import { CliError, formatFailure } from "../errors.ts";
import { openOutput } from "./output.ts";
import { onNpmEnd } from "./parent.ts";
import { Processes } from "./processes.ts";

/** A `command` ends when its work is done; a `service` runs until it is stopped. */
export type ProcessKind = "command" | "service";

/** Stops the servers that the work has started in this process. */
export type Stop = () => Promise<void>;

interface Outcome {
  readonly exitCode: number;
  readonly failure?: unknown;
}

/**
 * Runs work that starts child processes. Stops them, and ends this process, when the work ends or fails, when this
 * process receives SIGINT, SIGTERM or SIGHUP, or when the npm that has started it ends.
 *
 * @param kind a `command` exits with 0 when its work is done, with the code of the `CliError` or 1 if it fails, and with
 *   128 plus the signal's number at a signal; a `service` exits with 0 at a signal, and with 1 when a child process
 *   ends
 * @param work starts its child processes with the given `Processes`; returns a function that stops its servers in
 *   this process
 */
export async function supervise(
  kind: ProcessKind,
  work: (processes: Processes) => Promise<Stop | undefined>,
): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  // The terminal and npm can both send the same signal.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => resolve({ exitCode: kind === "service" ? 0 : 128 + constants.signals[signal] }));
  }
  if (kind === "service") onNpmEnd(() => resolve({ exitCode: 0 }));
  // A reader that closes the output, such as `head`, must not stop the service.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

  const output = kind === "service" ? openOutput() : undefined;
  const processes = new Processes((failure) => resolve({ exitCode: 1, failure }), output);
  let stop: Stop | undefined;
  work(processes).then(
    (stopWork) => {
      stop = stopWork;
      if (kind === "command") resolve({ exitCode: 0 });
    },
    (failure: unknown) => resolve({ exitCode: failure instanceof CliError ? failure.exitCode : 1, failure }),
  );
  const outcome = await promise;
  if (outcome.failure !== undefined) console.error(`volume-transfers: ${formatFailure(outcome.failure)}`);
  await stop?.();
  await processes.stop();
  await output?.flush();
  process.exit(outcome.exitCode);
}
