/** The messages of a failed sign-in at an identity provider, by the code that the service sends. */
const SIGN_IN_ERRORS = new Map([
  ["denied", "The identity provider did not sign you in. Try again."],
  ["busy", "Too many people sign in at this moment. Try again."],
  ["expired", "The sign-in took too long, or was started in another browser. Try again."],
  ["failed", "The sign-in failed at the identity provider. Try again, or tell your operator."],
  ["no_project", "Your account has no project here. Ask your operator for one."],
  ["unavailable", "The identity provider cannot be reached. Try again in a moment."],
]);

/** Returns the sentence about a sign-in that has failed; undefined if none has. */
export function signInError(): string | undefined {
  const reason = new URLSearchParams(location.search).get("sign-in");
  return reason === null ? undefined : (SIGN_IN_ERRORS.get(reason) ?? SIGN_IN_ERRORS.get("failed"));
}
