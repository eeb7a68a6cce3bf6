import type { MetFault } from "../exchanges.ts";
import type { Exchange } from "../network.ts";

/** The longest time in which a request is answered: the longest timeouts of Keystone and of the database, milliseconds. */
const LONGEST_MS = 26_000;

/** The reasons for a 503 that need no fault: too many requests, and an instance with a wrong secret. */
const REFUSALS = /more requests than|AUTH_KEY_SECRET/;

/**
 * Finds requests that were not answered, or late, or with a failure of the service itself.
 *
 * @param isFaultless whether no fault has happened
 */
export function requestViolations(exchanges: readonly Exchange[], isFaultless: boolean): string[] {
  return exchanges.flatMap(({ method, path, scope, sentAt, answeredAt, status = 0, text }) => {
    const request = `${scope.name} ${method} ${path}`;
    if (answeredAt === undefined) return scope.alive ? [`requests: no answer to ${request}`] : [];
    const violations: string[] = [];
    if (answeredAt - sentAt > LONGEST_MS)
      violations.push(`requests: ${request} was answered after ${answeredAt - sentAt} ms`);
    if ((status >= 500 && status !== 503) || (status === 503 && isFaultless && !REFUSALS.test(text ?? "")))
      violations.push(`requests: ${status} for ${request}: ${text}`);
    return violations;
  });
}

/**
 * Finds answers that leave the effect of a request about a transfer open, although the service could find out: only one
 * exchange of the instance met a fault meanwhile, and that did not end what was to find out.
 */
export const doubtViolations = (exchanges: readonly Exchange[], faults: readonly MetFault[]): string[] =>
  exchanges.flatMap(({ method, path, scope, sentAt, answeredAt = sentAt, text = "" }) => {
    if (!path.includes("/volume-transfers") || !text.includes("may have taken effect")) return [];
    const met = faults.filter(({ instance, at }) => scope.isIn(instance) && at >= sentAt && at <= answeredAt);
    const isExcused = met.length > 1 || met.some(({ kind }) => kind.startsWith("request terminated"));
    return isExcused ? [] : [`doubt: ${scope.name} ${method} ${path} after ${met[0]?.kind ?? "no fault"}`];
  });

/**
 * Finds `auth_key`s where they must not be.
 *
 * @param places texts by where they are, such as the log
 */
export function keyViolations(
  exchanges: readonly Exchange[],
  places: Readonly<Record<string, string>>,
): string[] {
  const answers = exchanges.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const keys = answers.flatMap((text) => /"auth_key":"([^"]+)"/.exec(text)?.[1] ?? []);
  return keys.flatMap((key) => {
    const found = Object.entries(places).flatMap(([place, text]) => (text.includes(key) ? [place] : []));
    if (answers.filter((text) => text.includes(key)).length > 1) found.push("another response");
    return found.map((place) => `keys: an auth_key is in ${place}`);
  });
}
