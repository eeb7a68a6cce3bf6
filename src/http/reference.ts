import { invalid } from "./faults.ts";
import { uuid } from "./fields.ts";

// References to storage that exists, the `ref` of requests to manage it.

/** The name of storage in its back end: `source-name` and `source-id`. */
export type Reference = Readonly<Record<string, string>>;

/** The longest text of a reference that is kept. */
const MAX_LENGTH = 255;

/** How the document of the API describes a name of a reference. */
export const REFERENCE_NAME = { type: "string", minLength: 1, maxLength: MAX_LENGTH };

/**
 * Splits `ref` into the names that are kept, in the order of their keys, and the size.
 *
 * @returns the size as it was given; undefined without one
 * @throws Fault 400 if there is no name, or one is empty or not a string
 */
export function parseReference(ref: Readonly<Record<string, unknown>>): {
  readonly reference: Reference;
  readonly size: unknown;
} {
  const { size: given, ...names } = ref;
  let size: unknown = given;
  const reference: Record<string, string> = {};
  for (const [name, value] of Object.entries(names).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (typeof value !== "string" || value === "" || value.length > MAX_LENGTH) {
      throw invalid("input received", `'${name}' of 'ref' must be a text of 1 to ${MAX_LENGTH} characters.`);
    }
    // Clients such as `cinder manage` send one name and nothing else. In the configuration of some, such as Tempest, it
    // cannot have a comma.
    const [, text = value, suffix] = /^(.*)[,;]size=([^,;]*)$/.exec(value) ?? [];
    reference[name] = text;
    size ??= suffix;
  }
  if (!Object.values(reference).some((text) => text !== "")) {
    throw invalid("input received", "'ref' must have 'source-name' or 'source-id'.");
  }
  return { reference, size };
}

/**
 * Returns the id of the resource to which Cinder would have given the name of a reference, in its default form.
 *
 * @param prefix the part of the name before the id, a regular expression
 */
export function idOfName({ "source-name": name = "" }: Reference, prefix: string): string | undefined {
  const id = new RegExp(`^${prefix}([0-9a-fA-F-]{36})$`).exec(name)?.[1];
  return id === undefined ? undefined : uuid.safeParse(id).data;
}
