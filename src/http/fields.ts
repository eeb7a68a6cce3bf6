import * as z from "zod/mini";
import { repr, str } from "../dialect/python_repr.ts";
import { faultMessage, wholeMessage } from "../dialect/validation_message.ts";
import { badRequest } from "./faults.ts";

// The fields that the request bodies of several resources have, with the messages of Cinder's JSON schemas.

/** The longest spelling of a UUID that is parsed. OpenStack accepts braces and prefixes in any number. */
const MAX_UUID_LENGTH = 128;

/** The message for a value that none of several schemas takes. */
const INVALID_FOR_ALL = "is not valid under any of the given schemas";

/**
 * Makes the schema of a UUID in any spelling that OpenStack accepts; the output is the canonical one.
 *
 * @param notText the message for a value that is not a string
 */
const uuidOr = (notUuid: string, notText?: string) =>
  z
    .pipe(
      // A text without the prefixes, braces and hyphens in which the spellings of one UUID differ.
      z
        .pipe(
          z.string(notText),
          z.transform((text) =>
            text
              .slice(0, MAX_UUID_LENGTH)
              .replaceAll(/urn:|uuid:/g, "")
              .replaceAll(/^[{}]+|[{}]+$|-/g, "")
              .toLowerCase(),
          ),
        )
        .check(z.refine((hex) => /^[0-9a-f]{32}$/.test(hex), notUuid)),
      z.transform((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")),
    )
    .check(z.meta({ format: "uuid" }));

/** A UUID. */
export const uuid = uuidOr("is not a 'uuid'");

/** A UUID, or null. */
export const uuidOrNull = z.nullable(uuidOr(INVALID_FOR_ALL, INVALID_FOR_ALL));

const TRUE = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"];
const FALSE = ["False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"];

const booleanOr = (notBoolean: string, notWord: string) =>
  z.pipe(
    z
      .union([z.boolean(), z.string().check(z.meta({ enum: [...TRUE, ...FALSE] }))], notBoolean)
      .check(
        z.refine(
          (value) => typeof value === "boolean" || TRUE.includes(value) || FALSE.includes(value),
          notWord,
        ),
      ),
    z.transform((value) => value === true || TRUE.includes(String(value))),
  );

/** A boolean, or a string that OpenStack accepts for one. */
export const boolean = booleanOr(
  "is not of type 'boolean', 'string'",
  `is not one of ${repr([true, ...TRUE, false, ...FALSE])}`,
);

/** The same, or null. */
export const booleanOrNull = z.nullable(booleanOr(INVALID_FOR_ALL, INVALID_FOR_ALL));

const QUERY_TRUE = ["1", "t", "true", "on", "y", "yes"];
const QUERY_FALSE = ["0", "f", "false", "off", "n", "no"];
/** The texts that mean true or false in a query, in lower case. */
export const BOOLEAN_WORDS: readonly string[] = [...QUERY_TRUE, ...QUERY_FALSE];

/**
 * Parses the value of a query parameter as oslo.utils does: anything that does not mean true is false.
 *
 * @example
 * parseBoolean("Yes"); // true
 * parseBoolean("2"); // false
 */
export const parseBoolean = (value: string | undefined): boolean =>
  QUERY_TRUE.includes((value ?? "").trim().toLowerCase());

/**
 * Parses the value of a query parameter that Cinder accepts only as a boolean; a missing one is false.
 *
 * @param name the parameter's name
 * @throws Fault 400 naming the parameter, for a value that is not a boolean
 * @example
 * parseStrictBoolean("cascade", c.req.query("cascade"));
 */
export function parseStrictBoolean(name: string, value: string | undefined): boolean {
  const text = value?.toLowerCase() ?? "false";
  if (QUERY_TRUE.includes(text)) return true;
  if (QUERY_FALSE.includes(text)) return false;
  throw badRequest(`Value '${str(value, false)}' for '${name}' is not a boolean.`);
}

/**
 * Makes the schema of an integer of any size. `z.int` rejects those that a number cannot hold exactly, with a message
 * of its own.
 */
export const integer = (message: string) =>
  z.number().check(z.refine(Number.isInteger, message), z.meta({ type: "integer" }));

/** The message for a value that is neither of a type nor null. */
const isNot = (type: "string" | "object") => `is not of type '${type}', 'null'`;

/** The longest text, in code points, as Python and JSON Schema count. */
export const MAX_LENGTH = 255;
const lengthOf = (text: string): number => [...text].length;
/** Returns whether a text has at most 255 characters. */
export const fits = (text: string): boolean => lengthOf(text) <= MAX_LENGTH;

/** Returns the message for a text that is too long. */
export const tooLong = (name: string, text: string): string =>
  `Invalid input received: ${name} has ${lengthOf(text)} characters, more than ${MAX_LENGTH}.`;

const documented = z.meta({ maxLength: MAX_LENGTH });
const short = (message?: string) => z.string(message).check(z.refine(fits, "is too long"), documented);
const notEmpty = <S extends ReturnType<typeof short>>(text: S) =>
  text.check(
    z.refine((value) => value !== "", "should be non-empty"),
    z.meta({ minLength: 1 }),
  );

/** A text, or null. */
export const textOrNull = z.nullable(z.string(isNot("string")));

/** A text of at most 255 characters. */
export const shortText = short();

/** A text of 1 to 255 characters. */
export const someText = notEmpty(shortText);

/** A text of at most 255 characters, or null. */
export const shortTextOrNull = z.nullable(short(isNot("string")));

/** The same, or nothing. */
export const optionalShortText = z.optional(shortTextOrNull);

/** An optional text of 1 to 255 characters, or null. */
export const optionalSomeText = z.nullish(notEmpty(short(isNot("string"))));

const printable = short(isNot("string")).check(
  z.refine((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), "has characters that cannot be printed"),
);
const trimmed = (text: ReturnType<typeof short>) =>
  z.nullish(
    z.pipe(
      text,
      z.transform((text) => text.trim()),
    ),
  );

/** An optional text, at most 255 characters with the blanks around it, which are removed. */
export const optionalText = trimmed(short(isNot("string")));

/** An optional text of at most 255 characters without control characters. */
export const optionalDescription = z.nullish(printable);

/** The same, without the blanks around it. */
export const trimmedDescription = trimmed(printable);

/**
 * Makes the schema of an optional text, at most 255 characters without the blanks around it, which are removed.
 *
 * @param name the name in the message for a longer text
 */
export const trimmedText = (name: "name" | "description") =>
  z.nullish(
    z
      .pipe(
        z.string(isNot("string")).check(documented),
        z.transform((text) => text.trim()),
      )
      .check(
        z.superRefine((text, context) => {
          if (!fits(text)) context.addIssue(faultMessage(tooLong(name, text)));
        }),
      ),
  );

/**
 * Makes the schema of an object whose keys match a pattern of Cinder's, as its messages write it.
 *
 * @param value the schema of the values
 * @param message the message for a value that is not an object
 */
export function keyedBy<V extends z.ZodMiniType>(pattern: string, value: V, message?: string) {
  const key = new RegExp(pattern);
  return z.record(z.string().check(z.meta({ pattern })), value, message).check(
    z.superRefine((object, context) => {
      const bad = Object.keys(object).filter((name) => !key.test(name));
      if (bad.length === 0) return;
      const keys = bad
        .toSorted()
        .map((name) => repr(name))
        .join(", ");
      const verb = bad.length === 1 ? "does" : "do";
      context.addIssue(wholeMessage(`${keys} ${verb} not match any of the regexes: '${pattern}'`));
    }),
  );
}

/** Cinder's pattern of the keys of metadata. */
export const METADATA_KEY = "^[a-zA-Z0-9-_:. /]{1,255}$";

/** User metadata that replaces the resource's: keys of Cinder's pattern, and values of at most 255 characters. */
export const newMetadata = keyedBy(METADATA_KEY, shortText);

/** User metadata of a new resource; null means none. */
export const metadata = z.pipe(
  z.nullish(keyedBy(METADATA_KEY, shortText, isNot("object"))),
  z.transform((value) => value ?? {}),
);
