import { OperatorError } from "../host/errors.ts";

/** The failure of a command, which is printed without a stack trace. */
export class CliError extends OperatorError {
  override readonly name: string = "CliError";
  /** The exit code of the command that it ends. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A child process that failed. The message contains its output. */
export class ChildProcessError extends CliError {
  override readonly name = "ChildProcessError";
}

/** Formats a failure for the terminal: the message of an `OperatorError`, the stack trace of any other error. */
export function formatFailure(failure: unknown): string {
  if (failure instanceof OperatorError) return failure.message;
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
