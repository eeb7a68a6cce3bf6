import type { FakeKeystone } from "../../support/fake_keystone.ts";

/** The service that is attacked. */
export interface Target {
  readonly url: string;
  readonly port: number;
  /** The identity service of the attacks on tokens. */
  readonly keystone: FakeKeystone | undefined;
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
  /** The effect of the attack on commit 667a5b6. */
  readonly before: string;
  /** Whether it needs Keystone, which `npm run dev` has not. */
  readonly keystone?: true;
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
