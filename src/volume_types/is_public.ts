import { badRequest } from "../http/faults.ts";
import { boolean } from "../http/fields.ts";

/**
 * Parses the filter `is_public` of a list of types.
 *
 * @returns undefined for both kinds
 * @throws Fault 400 for a value that is neither a boolean nor `none`
 */
export function parseIsPublic(text: string | undefined): boolean | undefined {
  if (text === undefined) return true;
  if (text.trim().toLowerCase() === "none") return undefined;
  const { data } = boolean.safeParse(text.trim().toLowerCase());
  if (data === undefined) throw badRequest(`Invalid is_public filter [${text}]`);
  return data;
}
