import { MANAGE_EXISTING_LIST, MIN_MICROVERSION, type Microversion } from "./microversions.ts";

/** One of the two paths on which a resource is managed, which behave alike. */
export interface ManagePath {
  /** The microversion from which the path exists. */
  readonly first: Microversion;
  /** The end of the operation's id in `/openapi.json`. */
  readonly suffix: string;
  /** Who may call it, and from when, for its description. */
  readonly note: string;
}

export const LEGACY_MANAGE_PATH: ManagePath = { first: MIN_MICROVERSION, suffix: "", note: "For admins." };
export const MANAGE_PATH: ManagePath = {
  first: MANAGE_EXISTING_LIST,
  suffix: "OnNewerPath",
  note: "For admins, from 3.8.",
};
