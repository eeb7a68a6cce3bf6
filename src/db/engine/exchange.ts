import { ConfigurationError } from "../../config/config.ts";
import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import { assertUnfenced, exchangeId } from "./fence.ts";
import { Failure, type Group, type PendingBatch, type Sender, send } from "./group.ts";
import { findOut, inDoubt, within } from "./lost_answer.ts";

/** The message of a batch whose request has timed out before it was sent. */
export const TIMED_OUT = "the request timed out before its statements ran";

/** The result of each batch of a group. */
type Results = ReadonlyMap<PendingBatch, ExchangeResult | Failure>;

/**
 * Runs a group as one transaction. If a statement of it fails, the transaction is rolled back, and the batches run one
 * by one, so that a batch's failure is its own. If the answer is lost, it finds out which batches have taken effect, and
 * runs the others once more. A batch whose effect nothing shows then fails: it may have taken effect.
 *
 * @param sender the request that sends the group
 * @returns the result of each batch
 */
export async function exchangeGroup(group: Group, sender: Sender = group.leader): Promise<Results> {
  const { batches, statements, answerMs } = group;
  for (const { fate } of batches) fate.inDoubt = true;
  if (batches.every(({ evidence }) => evidence === undefined))
    return distribute(group, sender, await send(sender, statements));
  const id = exchangeId();
  const sent = send(sender, statements, [assertUnfenced(id)]);
  const answer = await within(answerMs, sent);
  if (answer !== undefined && !isLost(answer)) return distribute(group, sender, answer);
  const found = await findOut({ id, sender, batches, answerMs, sent });
  if ("rows" in found || found instanceof Failure) return distribute(group, sender, found);
  const noEffect = batches.filter((batch) => batch.evidence !== undefined && !found.has(batch));
  const again = await runAgain(group, sender, noEffect);
  return new Map(batches.map((batch) => [batch, found.get(batch) ?? again.get(batch) ?? inDoubt()]));
}

/** Gives each batch of a group its part of the answer of the database. */
async function distribute(group: Group, sender: Sender, answer: ExchangeResult | Failure): Promise<Results> {
  if (!(answer instanceof Failure)) return group.split(answer);
  const { batches } = group;
  if (batches.length === 1 || !isOfStatement(answer)) return new Map(batches.map((batch) => [batch, answer]));
  const results = new Map<PendingBatch, ExchangeResult | Failure>();
  for (const { fate } of batches) fate.inDoubt = false;
  for (const batch of batches)
    for (const [, result] of await runAgain(group, sender, [batch])) results.set(batch, result);
  return results;
}

/** Runs batches of a group that have not taken effect, and cannot do so any more. */
async function runAgain(group: Group, sender: Sender, batches: readonly PendingBatch[]): Promise<Results> {
  for (const { fate } of batches) fate.inDoubt = false;
  const [first, ...others] = batches.filter(({ signal }) => !signal.aborted && !sender.signal.aborted);
  const results = first && (await exchangeGroup(group.part(first, others), sender));
  const late = new Failure(new DatabaseUnavailable(TIMED_OUT, { inDoubt: false }));
  return new Map(batches.map((batch) => [batch, results?.get(batch) ?? late]));
}

/** Returns whether it is unknown if an exchange has taken effect. */
const isLost = (answer: ExchangeResult | Failure): boolean =>
  answer instanceof Failure && answer.error instanceof DatabaseUnavailable && answer.error.inDoubt;

/** Returns whether an exchange failed because of one of its statements. */
const isOfStatement = ({ error }: Failure): boolean =>
  !(error instanceof DatabaseUnavailable || error instanceof ConfigurationError);
