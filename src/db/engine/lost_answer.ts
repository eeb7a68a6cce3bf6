import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import { fence } from "./fence.ts";
import { Failure, type PendingBatch, type Sender, send } from "./group.ts";

/** An exchange whose answer is lost, or late. */
interface LostExchange {
  readonly id: string;
  readonly sender: Sender;
  readonly batches: readonly PendingBatch[];
  /** The time after which an answer counts as lost, milliseconds. */
  readonly answerMs: number;
  /** Its answer, which may come after all. */
  readonly sent: Promise<ExchangeResult | Failure>;
}

/** The results of the batches that have taken effect. */
type Effects = ReadonlyMap<PendingBatch, ExchangeResult>;

/** The delay before the second question, milliseconds; before the third it is twice as long, and so on. */
const RETRY_DELAY_MS = 50;

/**
 * Finds out which batches of an exchange have taken effect, and fences it, in one transaction: the others cannot take
 * effect any more. It asks again until the database answers, or the sender's request times out.
 *
 * @returns the answer of the exchange, if it comes after all; or the effects; or a failure if the database does not answer
 */
export async function findOut({
  id,
  sender,
  batches,
  answerMs,
  sent,
}: LostExchange): Promise<ExchangeResult | Effects | Failure> {
  const evidence = batches.map((batch) => ({ batch, ...batch.evidence?.() }));
  const question = evidence.flatMap(({ statements = [] }) => statements);
  const read = ({ rows, bookmark }: ExchangeResult): Effects => {
    const effects = new Map<PendingBatch, ExchangeResult>();
    let position = 0;
    for (const { batch, statements = [], read } of evidence) {
      const end = position + statements.length;
      const found = read?.(rows.slice(position, end));
      position = end;
      if (found !== undefined) effects.set(batch, { rows: found, bookmark });
    }
    return effects;
  };
  const ask = async () => {
    const answer = await send(sender, question, fence(id));
    return answer instanceof Failure ? answer : read(answer);
  };
  const { promise: ended, resolve: end } = Promise.withResolvers<ExchangeResult | undefined>();
  void sent.then((answer) => answer instanceof Failure || end(answer));
  sender.signal.addEventListener("abort", () => end(undefined), { once: true });
  for (let attempt = 1; !sender.signal.aborted; attempt++) {
    const answer = await Promise.race([ended, within(answerMs, ask())]);
    if (answer !== undefined && !(answer instanceof Failure)) return answer;
    if (answer !== undefined && !(answer.error instanceof DatabaseUnavailable)) break;
    const late = await within(RETRY_DELAY_MS * attempt, ended);
    if (late !== undefined) return late;
  }
  return inDoubt();
}

/** Makes the failure of a batch that may have taken effect, or may do so later. */
export const inDoubt = (): Failure =>
  new Failure(new DatabaseUnavailable("the answer of the database was lost", { inDoubt: true }));

/** Waits for a promise for a time, milliseconds. It returns undefined after it. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  if (ms === Number.POSITIVE_INFINITY) return promise;
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
