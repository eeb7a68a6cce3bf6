/** An error that the operator can mend, whose message is all that is printed of it. */
export class OperatorError extends Error {
  override readonly name: string = "OperatorError";
}
