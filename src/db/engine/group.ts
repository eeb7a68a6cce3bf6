import type { Batch, Exchange, ExchangeResult, Statement } from "./driver.ts";

/** The statements of a batch that is to run, and how to send them. */
export interface PendingBatch {
  readonly statements: readonly Statement[];
  /** Runs statements in one exchange, in the context of the request that the batch belongs to. */
  readonly exchange: Exchange;
  /** Only batches with the same key share an exchange. */
  readonly key: string;
  /** Is aborted when the request has timed out: the batch is then left out, if it has not been sent. */
  readonly signal: AbortSignal;
  readonly evidence?: Batch<unknown>["evidence"];
  /** Whether the batch may have taken effect, or may do so later: while it is sent, or after its answer was lost. */
  readonly fate: { inDoubt: boolean };
  /** The most bytes that its results may have, about. */
  readonly maxBytes: number;
  /** Whose turn it takes, where projects take turns. */
  readonly project: string;
}

/** The failure of a batch, or of an exchange. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The request that sends exchanges, until it times out. */
export type Sender = Pick<PendingBatch, "exchange" | "signal">;

/**
 * Runs statements in the context of the sender's request.
 *
 * @param first statements that run before them, and whose rows are left out
 */
export const send = (
  { exchange, signal }: Sender,
  statements: readonly Statement[],
  first: readonly Statement[] = [],
): Promise<ExchangeResult | Failure> =>
  exchange([...first, ...statements], signal).then(
    ({ rows, bookmark }) => ({ rows: rows.slice(first.length), bookmark }),
    (error: unknown) => new Failure(error),
  );

/** The limits of a group. A single batch may exceed those of its size. */
export interface GroupLimits {
  readonly batches: number;
  readonly statements: number;
  /** The size of the statements and values, characters. */
  readonly characters: number;
  /** The size of the results. */
  readonly resultBytes: number;
  /** Whether batches with the same statements and values share a result: only reads may. */
  readonly sharesResults: boolean;
  /** The time after which an answer counts as lost, milliseconds; undefined for never. */
  readonly answerMs?: number | undefined;
}

/** Batches whose statements are sent once: one batch, or equal reads. */
interface Entry {
  readonly batches: [PendingBatch, ...PendingBatch[]];
  /** The statements and values, once they have been compared. */
  content?: string;
}

/** Batches that share an exchange and a transaction, in order of arrival. */
export class Group {
  /** The batch whose request sends the group. */
  readonly leader: PendingBatch;
  readonly #limits: GroupLimits;
  readonly #entries: Entry[];
  #batches = 1;
  #statements: number;
  #characters: number;
  #resultBytes: number;

  constructor(limits: GroupLimits, leader: PendingBatch) {
    this.leader = leader;
    this.#limits = limits;
    this.#entries = [{ batches: [leader] }];
    this.#statements = leader.statements.length;
    this.#characters = sizeOf(leader);
    this.#resultBytes = leader.maxBytes;
  }

  /** Makes a group of some of the batches, to run again. A database that is slow, not away, gets twice the time. */
  part(leader: PendingBatch, others: readonly PendingBatch[]): Group {
    const group = new Group({ ...this.#limits, answerMs: 2 * this.answerMs }, leader);
    for (const other of others) group.add(other);
    return group;
  }

  get answerMs(): number {
    return this.#limits.answerMs ?? Number.POSITIVE_INFINITY;
  }

  /** Adds a batch if it fits. */
  add(batch: PendingBatch): boolean {
    const { batches, statements, characters, resultBytes, sharesResults } = this.#limits;
    if (this.#batches >= batches) return false;
    const entry: Entry = { batches: [batch] };
    const equal = sharesResults
      ? this.#entries.find((other) => contentOf(other) === contentOf(entry))
      : undefined;
    if (equal !== undefined) {
      equal.batches.push(batch);
    } else {
      const size = sizeOf(batch);
      if (this.#statements + batch.statements.length > statements) return false;
      if (this.#characters + size > characters) return false;
      if (this.#resultBytes + batch.maxBytes > resultBytes) return false;
      this.#entries.push(entry);
      this.#statements += batch.statements.length;
      this.#characters += size;
      this.#resultBytes += batch.maxBytes;
    }
    this.#batches++;
    return true;
  }

  get batches(): PendingBatch[] {
    return this.#entries.flatMap(({ batches }) => batches);
  }

  /** The statements of all batches, those of equal reads once. */
  get statements(): Statement[] {
    return this.#entries.flatMap(({ batches: [first] }) => first.statements);
  }

  /** Returns the result of each batch from that of the statements. */
  split({ rows, bookmark }: ExchangeResult): Map<PendingBatch, ExchangeResult> {
    const results = new Map<PendingBatch, ExchangeResult>();
    let position = 0;
    for (const { batches } of this.#entries) {
      const end = position + batches[0].statements.length;
      const result = { rows: rows.slice(position, end), bookmark };
      for (const batch of batches) results.set(batch, result);
      position = end;
    }
    return results;
  }
}

function contentOf(entry: Entry): string {
  entry.content ??= JSON.stringify(entry.batches[0].statements.map(({ sql, params }) => [sql, params]));
  return entry.content;
}

/** Returns the size of a batch's statements and values, characters. */
function sizeOf({ statements }: PendingBatch): number {
  let size = 0;
  for (const { sql, params } of statements) {
    size += sql.length;
    for (const value of params) size += typeof value === "string" ? value.length : 8;
  }
  return size;
}
