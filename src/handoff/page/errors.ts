import { t } from "./messages/messages.ts";

const WRONG_KEY = /invalid auth key/;

/** Returns whether an error means that an offer does not take the key. */
export const isWrongKey = (status: number, message: string): boolean =>
  status === 400 && WRONG_KEY.test(message);

const { faults } = t;

/** The meaning of the service's faults to the reader, by a part of their message; the first that matches counts. */
const SENTENCES: readonly (readonly [status: number, message: RegExp, sentence: string])[] = [
  [400, WRONG_KEY, faults.wrongKey],
  [400, /maintenance mode/, faults.maintenance],
  [400, /expected in awaiting-transfer state|Snapshot .* is not in the expected/, faults.inUse],
  [400, /status must be available/, faults.notAvailable],
  [400, /consistency group/, faults.consistencyGroup],
  [400, /encrypted volume/, faults.encrypted],
  [400, /expires_at must be in the future/, faults.endInPast],
  [400, /no blank and no colon/, faults.noauthNames],
  // The offer was made by an attempt whose response was lost.
  [400, /Idempotency-Key, and is closed/, t.offer.over],
  [401, /user, domain and password/, faults.wrongPassword],
  [401, /application credential/, faults.wrongCredential],
  [401, /^/, t.account.endedSignInAgain],
  [403, /^Policy/, faults.role],
  [403, /^Keystone/, faults.projectRefused],
  [403, /^This page shows another/, faults.otherSession],
  [403, /bound to its project/, faults.boundToProject],
  [404, /Transfer/, faults.closed],
  [404, /Volume type/, faults.noAccessToType],
  [404, /Volume/, faults.noVolume],
  [408, /^/, faults.slow],
  [409, /^/, faults.changing],
  [413, /quota|limit|exceeded/i, faults.quota],
  [429, /created by/, faults.tooManyOffers],
  [429, /^Keystone/, faults.signInAway],
  [429, /^/, faults.tooManyAttempts],
  [503, /^Keystone is unavailable/, faults.signInAway],
  [503, /database is unavailable/, faults.databaseAway],
  [503, /keys are unavailable/, t.signIn.refusals.unavailable],
  [503, /too many/i, faults.busy],
  [504, /^/, faults.slow],
];

/** Returns a sentence on what to do after an error. */
export function explain(status: number, message: string): string {
  if (status === 0) return faults.unreachable;
  const [, , sentence] = SENTENCES.find((row) => row[0] === status && row[1].test(message)) ?? [];
  return sentence ?? (status >= 500 ? faults.failed : faults.refused(message || String(status)));
}
