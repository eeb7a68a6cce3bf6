import { t } from "./messages/messages.ts";

/** The messages of a failed sign-in at an identity provider, by the code that the service sends. */
const REFUSALS: ReadonlyMap<string, string> = new Map(Object.entries(t.signIn.refusals));

/** Returns the sentence about a sign-in that has failed; undefined if none has. */
export function signInError(): string | undefined {
  const reason = new URLSearchParams(location.search).get("sign-in");
  return reason === null ? undefined : (REFUSALS.get(reason) ?? t.signIn.refusals.failed);
}
