import * as z from "zod/mini";

// The parsers of values that several subjects of the configuration share, each with its message.

const NO_WHOLE_NUMBER = "must be a whole number";
const numeral = z.pipe(z.string().check(z.regex(/^-?\d+$/)), z.transform(Number));
const numberOrNumeral = z.pipe(z.union([z.number(), numeral], NO_WHOLE_NUMBER), z.int(NO_WHOLE_NUMBER));

/** Makes the schema of a whole number, as a number or a text. */
export const numberWithin = (min: number, max: number) =>
  z.pipe(
    numberOrNumeral,
    z.number().check(z.minimum(min, `must be ${min} or more`), z.maximum(max, `must be ${max} or less`)),
  );

/**
 * Makes the schema of a whole number with a default.
 *
 * @example
 * z.object({ MAX_LIMIT: wholeNumber(1000, 1) }); // "50" becomes 50, and undefined 1000
 */
export const wholeNumber = (fallback: number, min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z._default(numberWithin(min, max), fallback);

/** A timeout, milliseconds. Cloudflare ends a request whose client has disconnected after 30 seconds. */
export const timeout = (fallback: number) => wholeNumber(fallback, 1, 25_000);

export const text = z.string("must be a string");

/**
 * Makes the schema of a choice. The messages leave the wrong value out: callers without a token see them, and it could be
 * a secret in the wrong variable.
 */
export const oneOf = <const Values extends readonly string[]>(...values: Values) =>
  z.enum(values, {
    error: ({ input }) => `must be ${input === undefined ? "set, to one" : "one"} of: ${values.join(", ")}`,
  });

/** Makes the schema of a switch with a default. */
export const onOrOff = (fallback: "on" | "off") => z._default(oneOf("on", "off"), fallback);

/** Comma-separated values. */
export const list = z.pipe(
  text,
  z.transform((values) => values.split(",").map((value) => value.trim())),
);

export const httpUrl = z.pipe(
  z
    .url({ protocol: /^https?$/, error: "must be a URL that begins with https: or http:" })
    .check(z.refine((url) => !/[?#]/.test(url), "must be a URL without a query")),
  z.transform((url) => url.replace(/\/+$/, "")),
);
