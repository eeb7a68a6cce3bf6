/** Digits and lower-case letters without the look-alikes i, l, o and u: 5 bits a character. */
export const AUTH_KEY_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Characters of an `auth_key`: 80 bits, and the most that Horizon's form takes. */
export const AUTH_KEY_LENGTH = 16;

const REDACTED = "***";
const AUTH_KEY_IN_TEXT = new RegExp(
  `(?<![0-9a-z])[${AUTH_KEY_ALPHABET}]{${AUTH_KEY_LENGTH}}(?![0-9a-z])`,
  "gi",
);

/**
 * Redacts a text before it appears in a message.
 *
 * @param secret whether the text is, or is part of, an `auth_key`: it is then redacted as a whole; otherwise only
 *   the words in it that have the form of an `auth_key` are
 */
export const redact = (text: string, secret: boolean): string =>
  secret ? REDACTED : text.replace(AUTH_KEY_IN_TEXT, REDACTED);
