import { redact } from "./redact.ts";

// Cinder's messages contain values as Python writes them, and clients show the messages to people. No message may
// repeat an `auth_key`.

/** The deepest level that is written: a body may be nested as deep as it is long. */
const MAX_DEPTH = 16;

/**
 * Formats a JSON value as Python's `str()` does.
 *
 * @param secret whether the value is, or is part of, an `auth_key`, and must be redacted
 * @example
 * str(true, false); // "True"
 */
export const str = (value: unknown, secret: boolean): string =>
  typeof value === "string" ? redact(value, secret) : repr(value, secret);

/**
 * Formats a JSON value as Python's `repr()` does; `secret` as for `str`.
 *
 * @example
 * repr({ name: "a", size: null }); // "{'name': 'a', 'size': None}"
 */
export function repr(value: unknown, secret = false, depth = 0): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return quote(redact(value, secret));
  if (typeof value !== "object") return redact(String(value), secret);
  if (depth === MAX_DEPTH) return "...";
  if (Array.isArray(value)) return `[${value.map((item) => repr(item, secret, depth + 1)).join(", ")}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${repr(name, secret)}: ${repr(member, secret || name === "auth_key", depth + 1)}`,
  );
  return `{${members.join(", ")}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The backslash, and what Python counts as not printable: all separators but the blank, and all of category C. */
const UNPRINTABLE = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function escapeOf(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(UNPRINTABLE, (c) => ESCAPES[c] ?? escapeOf(c.codePointAt(0) ?? 0));
  return mark + escaped.replaceAll(mark, `\\${mark}`) + mark;
}
