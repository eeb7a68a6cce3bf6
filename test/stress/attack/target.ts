import type { FakeIssuer } from "../../service/identity/fake_issuer.ts";
import type { FakeKeystone } from "../../support/fake_keystone.ts";

/** The service that is attacked. */
export interface Target {
  /** With the region, if the service has regions. */
  readonly url: string;
  readonly port: number;
  /** The database, where it is a file. */
  readonly file: string;
  /** The identity service of the attacks on Keystone's tokens. */
  readonly keystone: FakeKeystone | undefined;
  /** The issuer of JSON Web Tokens, and another server in its place that never responds. */
  readonly issuer: FakeIssuer | undefined;
  /** The number of requests to the server that never responds. */
  readonly unanswered: () => number;
  /** Returns the headers of a member of a project. */
  readonly as: (project: string) => Readonly<Record<string, string>>;
  /**
   * Starts another service on a copy of the database.
   *
   * @throws Error with its output if it does not start
   */
  readonly startCopy: (variables: Readonly<Record<string, string>>) => Promise<{ readonly url: string }>;
}

/** An attack, and what is known of the service before it was defended. */
export interface Attack {
  readonly name: string;
  /** The effect of the attack on commit 667a5b6, or on 2a245ba as it was reported. */
  readonly before: string;
  /** How callers authenticate; by default they do not. `npm run dev` has neither. */
  readonly identity?: "keystone" | "jwt";
  /** Further variables of the service. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether it reaches the Worker of `npm run dev`: the proxy of `wrangler dev` itself answers some malformed requests. */
  readonly d1?: true;
  /**
   * Attacks the service.
   *
   * @returns what happened, in a few words
   * @throws Error if the attack has succeeded
   */
  readonly run: (target: Target) => Promise<string>;
}

/** Asserts that an attack has not succeeded. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
