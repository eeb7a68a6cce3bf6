import type { Exchange } from "./exchange.ts";

/** A violation of a rule. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly expected: string;
  readonly got: string;
  /** The request that shows it; undefined if there is no single one. */
  readonly exchange: Exchange | undefined;

  constructor(expected: string, got: string, exchange?: Exchange) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
    this.exchange = exchange;
  }
}

/** Why a rule cannot be judged. The message is the reason. */
export class NotJudged extends Error {
  override readonly name = "NotJudged";
}
