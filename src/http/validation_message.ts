import type * as z from "zod";
import { repr, str } from "./python_repr.ts";

const TYPE_NAMES: Readonly<Record<string, string>> = { int: "integer", number: "integer", record: "object" };

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Formats what is wrong with `input` as python-jsonschema does; of several findings, the one nearest the root. */
export function validationMessage(error: z.ZodError, input: unknown): string {
  const [first] = error.issues
    .map((issue) => toFinding(issue, input))
    .sort((a, b) => a.path.length - b.path.length);
  if (first === undefined) return "Malformed request body";
  const name = first.path.at(-1);
  if (name === undefined) return first.message;
  const value = str(valueAt(input, first.path), first.path.includes("auth_key"));
  return `Invalid input for field/attribute ${String(name)}. Value: ${value}. ${first.message}`;
}

function toFinding(issue: z.core.$ZodIssue, input: unknown): Finding {
  const { path } = issue;
  const value = valueAt(input, path);
  const shown = repr(value, path.includes("auth_key"));
  if (issue.code === "unrecognized_keys") {
    const verb = issue.keys.length === 1 ? "was" : "were";
    const names = issue.keys.map((name) => repr(name)).join(", ");
    return { path, message: `Additional properties are not allowed (${names} ${verb} unexpected)` };
  }
  if (value === undefined) {
    return { path: path.slice(0, -1), message: `${repr(path.at(-1))} is a required property` };
  }
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    const type = TYPE_NAMES[issue.expected] ?? issue.expected;
    return { path, message: `${shown} is not of type '${type}'` };
  }
  return { path, message: `${shown} ${issue.message}` };
}

/** Returns the part of a JSON value at a path. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (parent, key) =>
      typeof parent === "object" && parent !== null && Object.hasOwn(parent, key)
        ? // JSON has no other keys than strings, and an own property of any of them is unknown.
          (parent as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}
