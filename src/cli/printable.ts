/** The longest text from outside that is printed, characters. */
const MAX_PRINTED = 300;

/**
 * Returns a text from outside as it can be printed: on one line, not longer than a terminal shows, and without
 * sequences that control a terminal. Control and format characters become escape sequences of JSON.
 *
 * @example
 * printable("a\u001b[2J"); // "a\\u001b[2J"
 */
export function printable(text: string): string {
  const shown = text.length > MAX_PRINTED ? `${text.slice(0, MAX_PRINTED)}…` : text;
  return shown.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
