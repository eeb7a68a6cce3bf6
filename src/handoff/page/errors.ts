const WRONG_KEY = /invalid auth key/;

/** Returns whether an error means that an offer does not take the key. */
export const isWrongKey = (status: number, message: string): boolean =>
  status === 400 && WRONG_KEY.test(message);

/** The meaning of the API's faults to the reader, by a part of their message; the first that matches counts. */
const SENTENCES: readonly (readonly [status: number, message: RegExp, sentence: string])[] = [
  [
    400,
    WRONG_KEY,
    "This key does not open the offer for your project. Check that you have the whole link and that you are in the " +
      "right project. After some wrong attempts an offer refuses every key: ask the sender for a new link.",
  ],
  [
    400,
    /maintenance mode/,
    "The volume is in maintenance and cannot change hands now. Try again later, or ask the sender.",
  ],
  [
    400,
    /expected in awaiting-transfer state|Snapshot .* is not in the expected/,
    "The volume or one of its snapshots is in use, so it cannot change hands now. Try again later, or ask the sender.",
  ],
  [
    400,
    /status must be available/,
    "Only an available volume whose snapshots are available can be offered. Reload the list and try again.",
  ],
  [
    400,
    /consistency group/,
    "The volume belongs to a consistency group and cannot change hands. Ask the sender to take it out of the group.",
  ],
  [400, /encrypted volume/, "Encrypted volumes cannot be offered."],
  [400, /expires_at must be in the future/, "The end must be in the future. Choose a later date."],
  [
    404,
    /Transfer/,
    "This offer is closed: it was accepted or withdrawn, or it has ended. Ask the sender for a new link.",
  ],
  [
    404,
    /Volume type/,
    "Your project may not use the type of this volume. Ask your operator for access to the type; the link keeps working.",
  ],
  [404, /Volume/, "This volume is no longer in your project. Reload the list."],
  [
    413,
    /quota|limit|exceeded/i,
    "Your project's quota has no room for this volume. Delete something, or ask your operator for more.",
  ],
  [429, /created by/, "Your project has made too many offers in a minute. Wait a minute, and try again."],
  [429, /./, "Your project has made too many attempts. Wait a minute, and try again."],
  [
    403,
    /^Policy/,
    "Your role in this project does not allow this. Ask your operator for the role member, or change the project.",
  ],
];

/** Returns a sentence on what to do after an error. */
export function explain(status: number, message: string): string {
  if (status === 0) return "The service cannot be reached. Check your connection, and try again.";
  const [, , sentence] = SENTENCES.find((row) => row[0] === status && row[1].test(message)) ?? [];
  if (sentence !== undefined) return sentence;
  if (status >= 500) return message || "The service has failed. Try again in a moment.";
  return message || `The service refused the request (${status}).`;
}
