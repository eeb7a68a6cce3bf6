import type * as z from "zod/mini";
import { repr, str } from "./python_repr.ts";

const TYPE_NAMES: Readonly<Record<string, string>> = { int: "integer", number: "integer", record: "object" };

/** Makes an issue whose message does not begin with the value. */
export const wholeMessage = (message: string) =>
  ({ code: "custom", message, params: { whole: true } }) as const;

/** Makes an issue whose message is the whole message of the fault. */
export const faultMessage = (message: string) =>
  ({ code: "custom", message, params: { fault: true } }) as const;

/** Formats the issues of `input` as python-jsonschema does; of several, the one nearest the root. */
export function validationMessage(error: z.core.$ZodError, input: unknown): string {
  const first = nearestToRoot(error.issues, input);
  if (first === undefined) return "Malformed request body";
  const { path, message } = describeIssue(first, input);
  const name = path.at(-1);
  if (name === undefined) return message;
  const value = str(valueAt(input, path), path.includes("auth_key"));
  return `Invalid input for field/attribute ${String(name)}. Value: ${value}. ${message}`;
}

/** Returns the first of the issues nearest the root. Only that one is formatted: a body can have thousands. */
function nearestToRoot(issues: readonly z.core.$ZodIssue[], input: unknown): z.core.$ZodIssue | undefined {
  let nearest: z.core.$ZodIssue | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const issue of issues) {
    const depth = issue.path.length - (isMissing(issue, input) ? 1 : 0);
    if (depth < least) [nearest, least] = [issue, depth];
  }
  return nearest;
}

/** Returns whether an issue is a missing property, which is an issue of the object that should have it. */
const isMissing = ({ code, path }: z.core.$ZodIssue, input: unknown): boolean =>
  code !== "unrecognized_keys" && valueAt(input, path) === undefined;

function describeIssue(
  issue: z.core.$ZodIssue,
  input: unknown,
): { readonly path: readonly PropertyKey[]; readonly message: string } {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const verb = issue.keys.length === 1 ? "was" : "were";
    const names = issue.keys.map((name) => repr(name)).join(", ");
    return { path, message: `Additional properties are not allowed (${names} ${verb} unexpected)` };
  }
  if (isMissing(issue, input)) {
    return { path: path.slice(0, -1), message: `${repr(path.at(-1))} is a required property` };
  }
  if (issue.code === "custom" && issue.params?.fault === true) return { path: [], message: issue.message };
  if (issue.code === "custom" && issue.params?.whole === true) return { path, message: issue.message };
  const shown = repr(valueAt(input, path), path.includes("auth_key"));
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
