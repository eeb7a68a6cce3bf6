import { AUTH_KEY_IN_TEXT } from "../transfers/auth_key.ts";

// Cinder's messages show values as Python writes them, and clients show the messages to people. No message may
// repeat an `auth_key`: what has the form of one is blotted out wherever it stands.

/** How deep a value is shown: bodies may be nested as deep as they are long. */
const MAX_DEPTH = 16;
const BLOT = "***";

/**
 * A JSON value as Python's `str()` writes it.
 *
 * @param secret whether it is, or is part of, an `auth_key`: what it says is then blotted out whatever its form
 */
export const str = (value: unknown, secret: boolean): string =>
  typeof value === "string" ? withoutKeys(value, secret) : repr(value, secret);

/** A JSON value as Python's `repr()` writes it; `secret` as for `str`. */
export function repr(value: unknown, secret = false, depth = 0): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return quoted(withoutKeys(value, secret));
  if (typeof value !== "object") return withoutKeys(String(value), secret);
  if (depth === MAX_DEPTH) return "...";
  if (Array.isArray(value)) return `[${value.map((item) => repr(item, secret, depth + 1)).join(", ")}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${repr(name, secret)}: ${repr(member, secret || name === "auth_key", depth + 1)}`,
  );
  return `{${members.join(", ")}}`;
}

const withoutKeys = (text: string, secret: boolean): string =>
  secret ? BLOT : text.replace(AUTH_KEY_IN_TEXT, BLOT);

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(
    /[\\\p{Cc}]/gu,
    (c) => ESCAPES[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}
