import * as z from "zod/mini";
import { repr, str } from "../dialect/python_repr.ts";
import { wholeMessage } from "../dialect/validation_message.ts";
import { badRequest } from "./faults.ts";

// The fields that the request bodies of several resources have, with the messages of Cinder's JSON schemas.

/** The longest spelling of a UUID that is parsed. OpenStack accepts braces and prefixes in any number. */
const MAX_UUID_LENGTH = 128;

/** A text without the prefixes, braces and hyphens in which the spellings of one UUID differ. */
const hexadecimal = z.pipe(
  z.string(),
  z.transform((text) =>
    text
      .slice(0, MAX_UUID_LENGTH)
      .replaceAll(/urn:|uuid:/g, "")
      .replaceAll(/^[{}]+|[{}]+$|-/g, "")
      .toLowerCase(),
  ),
);

/** A UUID in any spelling that OpenStack accepts; the output is the canonical one. */
export const uuid = z
  .pipe(
    hexadecimal.check(z.refine((hex) => /^[0-9a-f]{32}$/.test(hex), "is not a 'uuid'")),
    z.transform((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")),
  )
  .check(z.meta({ format: "uuid" }));

const TRUE = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"];
const FALSE = ["False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"];

const booleanOrWord = z.union(
  [z.boolean(), z.string().check(z.meta({ enum: [...TRUE, ...FALSE] }))],
  "is not of type 'boolean', 'string'",
);

/** A boolean, or a string that OpenStack accepts for one. */
export const boolean = z.pipe(
  booleanOrWord.check(
    z.refine(
      (value) => typeof value === "boolean" || TRUE.includes(value) || FALSE.includes(value),
      `is not one of ${repr([true, ...TRUE, false, ...FALSE])}`,
    ),
  ),
  z.transform((value) => value === true || TRUE.includes(String(value))),
);

const QUERY_TRUE = ["1", "t", "true", "on", "y", "yes"];
const QUERY_FALSE = ["0", "f", "false", "off", "n", "no"];
/** The texts that mean true or false in a query, in lower case. */
export const BOOLEAN_WORDS: readonly string[] = [...QUERY_TRUE, ...QUERY_FALSE];

/** Parses the value of a query parameter as oslo.utils does: anything that does not mean true is false. */
export const parseBoolean = (value: string | undefined): boolean =>
  QUERY_TRUE.includes((value ?? "").trim().toLowerCase());

/**
 * Parses the value of a query parameter that Cinder accepts only as a boolean; a missing one is false.
 *
 * @param name the parameter's name
 * @throws Fault 400 naming the parameter, for a value that is no boolean
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

/** The longest text, in code points, as Python and JSON Schema count. */
export const MAX_LENGTH = 255;
const fits = (text: string) => [...text].length <= MAX_LENGTH;

/** An optional text, at most 255 characters without the blanks around it. */
export const optionalText = z.nullish(
  z
    .pipe(
      z.string().check(z.meta({ maxLength: MAX_LENGTH })),
      z.transform((text) => text.trim()),
    )
    .check(z.refine(fits, "is too long")),
);

/**
 * Makes the schema of an object whose keys match a pattern of Cinder's, as its messages write it.
 *
 * @param value the schema of the values
 */
export function keyedBy<V extends z.ZodMiniType>(pattern: string, value: V) {
  const key = new RegExp(pattern);
  return z.record(z.string().check(z.meta({ pattern })), value).check(
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

/** A text of at most 255 characters. */
export const shortText = z.string().check(z.refine(fits, "is too long"), z.meta({ maxLength: MAX_LENGTH }));

/** User metadata that replaces what a resource has: keys of Cinder's pattern, and values of at most 255 characters. */
export const newMetadata = keyedBy(METADATA_KEY, shortText);

/** User metadata of a new resource; null means none. */
export const metadata = z.pipe(
  z.nullish(newMetadata),
  z.transform((value) => value ?? {}),
);
