import * as z from "zod/mini";
import { type IdentityConfig, requiredFor } from "./identity.ts";
import { numberWithin, text, wholeNumber } from "./values.ts";

/** Not secret: `noauth` does not authenticate, so there is nothing to protect. */
const DEVELOPMENT_SECRET = "volume-transfers: noauth keeps nothing";

const transfersPerMinute = numberWithin(0, 1_000_000);
const DEFAULT_TRANSFERS_PER_MINUTE = 600;

const longSecret = text.check(z.minLength(32, "must have at least 32 characters"));

export const transferVariables = z.object({
  AUTH_KEY_SECRET: z.optional(longSecret),
  AUTH_KEY_SECRET_PREVIOUS: z.optional(longSecret),
  MAX_ACCEPT_ATTEMPTS: wholeNumber(10, 1, 999_999),
  MAX_ACCEPT_ATTEMPTS_TOTAL: wholeNumber(1000, 1, 1_000_000),
  TRANSFERS_PER_MINUTE: z.optional(transfersPerMinute),
  /** The name of `TRANSFERS_PER_MINUTE` in version 1.0. */
  OFFERS_PER_MINUTE: z.optional(transfersPerMinute),
  HISTORY_RETENTION_DAYS: wholeNumber(90, 0, 36_500),
  TRANSFER_TTL_SECONDS: wholeNumber(0, 0, 10 * 365 * 86_400),
});

export interface TransferConfig {
  /** The key of the HMAC that is stored in place of an `auth_key`. */
  readonly authKeySecret: string;
  /** The secret before the latest rotation: keys of transfers that were created under it are still accepted. */
  readonly previousAuthKeySecret: string | undefined;
  /** After this many failed attempts of one project a transfer rejects every key from that project. */
  readonly maxAcceptAttempts: number;
  /** After this many failed attempts of all projects together a transfer rejects every key. */
  readonly maxAcceptAttemptsTotal: number;
  /** The number of transfers that a project may create in a minute; 0 for no limit. */
  readonly transfersPerMinute: number;
  /** How long closed transfers are kept, milliseconds; 0 for ever. */
  readonly historyRetentionMs: number;
  /** The longest time a transfer stays open, milliseconds; 0 for no limit. */
  readonly transferTtlMs: number;
}

/** @param problems receives a message for a secret that is required and missing, and for limits that contradict each other */
export function readTransfers(
  variables: z.output<typeof transferVariables>,
  { strategy }: IdentityConfig,
  problems: string[],
): TransferConfig {
  const { AUTH_KEY_SECRET } = variables;
  // Otherwise the failed attempts of one project alone end a transfer for all.
  if (variables.MAX_ACCEPT_ATTEMPTS_TOTAL <= variables.MAX_ACCEPT_ATTEMPTS) {
    problems.push(
      `MAX_ACCEPT_ATTEMPTS_TOTAL (${variables.MAX_ACCEPT_ATTEMPTS_TOTAL}), the limit of all projects together, must be ` +
        `more than MAX_ACCEPT_ATTEMPTS (${variables.MAX_ACCEPT_ATTEMPTS}), that of each`,
    );
  }
  const secret = strategy === "noauth" ? (AUTH_KEY_SECRET ?? DEVELOPMENT_SECRET) : AUTH_KEY_SECRET;
  return {
    authKeySecret: requiredFor(strategy, "AUTH_KEY_SECRET", secret, problems),
    previousAuthKeySecret: variables.AUTH_KEY_SECRET_PREVIOUS,
    maxAcceptAttempts: variables.MAX_ACCEPT_ATTEMPTS,
    maxAcceptAttemptsTotal: variables.MAX_ACCEPT_ATTEMPTS_TOTAL,
    transfersPerMinute:
      variables.TRANSFERS_PER_MINUTE ?? variables.OFFERS_PER_MINUTE ?? DEFAULT_TRANSFERS_PER_MINUTE,
    historyRetentionMs: variables.HISTORY_RETENTION_DAYS * 86_400_000,
    transferTtlMs: variables.TRANSFER_TTL_SECONDS * 1000,
  };
}
