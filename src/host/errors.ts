/** An error that the operator can mend, whose message is all that is printed of it. */
export class OperatorError extends Error {
  override readonly name: string = "OperatorError";
}

/** Returns the message of an error, or what else was thrown, as text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
