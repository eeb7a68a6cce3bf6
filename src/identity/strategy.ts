import type { Identity } from "../http/context.ts";

/** An authentication strategy: validates tokens. */
export interface AuthStrategy {
  /** The value of `WWW-Authenticate` in a 401: where tokens come from. */
  readonly challenge: string;
  /**
   * Validates a token.
   *
   * @returns the identity, or undefined for a token that is not valid
   * @throws Fault 503 if the token cannot be validated now
   */
  readonly identify: (token: string) => Promise<Identity | undefined>;
  /** Removes a token from the cache, if the strategy has one. */
  readonly forget?: (token: string) => Promise<void>;
}
