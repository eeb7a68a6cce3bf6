import type { Session } from "./session.ts";

/** Something that a well-behaved endpoint does. */
export interface Rule {
  /** Its group and name, such as `accept/wrong-key`. */
  readonly id: string;
  /** A sentence about the endpoint, which holds if the rule does. */
  readonly statement: string;
  /** Where that is written, or was seen. */
  readonly source: string;
  /** The minor number of the oldest microversion that it needs; by default that of `volume-transfers`. */
  readonly since?: number;
  /** Needs the token of an admin. */
  readonly asAdmin?: true;
  /** Throws a Violation, or NotJudged. */
  readonly check: (session: Session) => Promise<void>;
}

/** Returns how the sources of rules name a part of OpenStack's API reference. */
export const reference = (section: string): string => `API reference, "${section}"`;

/** Where the API reference is silent. */
export const CINDER = "Cinder 21.3 and 29.0";
/** Where Cinder has a defect. */
export const HTTP = "RFC 9110: 500 is for a failure of the server, 400 for an invalid request";
