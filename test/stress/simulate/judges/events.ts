import type { Receiver } from "../peers/receiver.ts";

/**
 * Finds events that the receiver has not got, that it got without a commit, or got first after a later one of the volume.
 *
 * @param committed the `seq` of all events that were in the outbox
 * @param received the webhooks, in the order in which they arrived
 */
export function eventViolations(committed: ReadonlySet<number>, received: Receiver["received"]): string[] {
  const violations: string[] = [];
  const taken = new Set<number>();
  const latest = new Map<string, number>();
  for (const { seq, volume, taken: isTaken } of received) {
    if (!committed.has(seq)) violations.push(`events: ${seq} was sent, and is not in the outbox`);
    if (!isTaken || taken.has(seq)) continue;
    taken.add(seq);
    const before = latest.get(volume) ?? 0;
    if (before > seq) violations.push(`events: ${seq} of volume ${volume} arrived after ${before}`);
    latest.set(volume, Math.max(before, seq));
  }
  for (const seq of committed) if (!taken.has(seq)) violations.push(`events: ${seq} was not delivered`);
  return violations;
}
