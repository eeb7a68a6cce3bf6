import type { Database } from "../db/engine/database.ts";
import { AUTH_KEY_ALPHABET, AUTH_KEY_LENGTH } from "../dialect/redact.ts";
import type { RequestContext } from "../http/context.ts";
import { hex } from "../http/hex.ts";
import { checkSecretStatements } from "./auth_key.sql.ts";

/** Generates an `auth_key` with the runtime's cryptographically secure random number generator. */
export function makeAuthKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(AUTH_KEY_LENGTH));
  return Array.from(bytes, (byte) => AUTH_KEY_ALPHABET.charAt(byte % AUTH_KEY_ALPHABET.length)).join("");
}

const encoder = new TextEncoder();
/** The keys, and the checks, of the configured secrets. */
const imported = new Map<string, CryptoKey>();
const checks = new Map<string, string>();

async function hmac(secret: string, text: string): Promise<string> {
  let key = imported.get(secret);
  if (key === undefined) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
    imported.set(secret, key);
  }
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}

/**
 * Computes the HMAC-SHA-256, hexadecimal, that is stored in place of an `auth_key` and compared with. It binds the key
 * to its transfer. Without the secret nobody can compute the HMAC of a guessed key, so the time that the comparison
 * takes reveals nothing about the key.
 *
 * @param secret the Worker's `AUTH_KEY_SECRET`
 */
export const authKeyHmac = (secret: string, transferId: string, authKey: string): Promise<string> =>
  // A transfer's id contains no colon, so no two pairs of id and key have the same text.
  hmac(secret, `${transferId}:${authKey}`);

/** The text whose HMAC is the check of a secret. A service in front of a Cinder has another. */
const CHECKED = { own: "check of AUTH_KEY_SECRET", facade: "check of AUTH_KEY_SECRET in front of a Cinder" };

/** Computes the check of a secret: the value by which a database recognises the secret of its transfers. */
export async function secretCheck(secret: string, kind: keyof typeof CHECKED = "own"): Promise<string> {
  const key = `${kind} ${secret}`;
  let check = checks.get(key);
  if (check === undefined) {
    check = await hmac(secret, CHECKED[kind]);
    checks.set(key, check);
  }
  return check;
}

/**
 * Computes the check of the secret, and of the one before if it is configured. Under a check of the other kind nothing is
 * right: a database never has both transfers of its own volumes and transfers of Cinder's.
 */
export function secretChecks({
  authKeySecret,
  previousAuthKeySecret,
  cinder,
}: RequestContext["config"]): Promise<[check: string, previous: string | undefined]> {
  const kind = cinder === undefined ? "own" : "facade";
  return Promise.all([
    secretCheck(authKeySecret, kind),
    previousAuthKeySecret === undefined ? undefined : secretCheck(previousAuthKeySecret, kind),
  ]);
}

/** The problem of a secret under which no key of the database's transfers is right. */
export const WRONG_SECRET =
  "AUTH_KEY_SECRET is not the secret that this database's transfers were created under, or CINDER_URL was set or " +
  "removed since. Set that secret, or set it as AUTH_KEY_SECRET_PREVIOUS.";

/**
 * Compares the configured `AUTH_KEY_SECRET` with the one that the database's transfers were created under, and stores
 * its check in a database that has none.
 *
 * @returns what is wrong; undefined if the secret is right
 */
export async function findWrongSecret(
  db: Database,
  config: RequestContext["config"],
): Promise<string | undefined> {
  const [check, previous] = await secretChecks(config);
  const {
    check: [stored],
  } = await db.write(checkSecretStatements(check, previous));
  return stored?.value === check ? undefined : WRONG_SECRET;
}

const DAY_MS = 86_400_000;
/** The clocks of two instances differ by less, milliseconds. */
const MAX_SKEW_MS = 3_600_000;

/** A create with an idempotency key. A key counts for 23 hours at least. */
interface IdempotentRequest {
  readonly project_id: string;
  readonly volume_id: string;
  readonly idempotency_key: string;
}

/**
 * Computes the ids of a transfer that is created with an idempotency key: first the one that a create now gives it, then
 * those that an earlier request with the same key may have given it. That was under the secret before, or on another day:
 * the day before, or at the end of a day the next, which has begun on an instance whose clock is ahead.
 *
 * @param now milliseconds since the epoch
 */
export function idempotentIds(
  { authKeySecret, previousAuthKeySecret }: RequestContext["config"],
  request: IdempotentRequest,
  now: number,
): Promise<string[]> {
  const today = Math.floor(now / DAY_MS);
  const adjacent = now % DAY_MS < DAY_MS - MAX_SKEW_MS ? today - 1 : today + 1;
  const secrets = [authKeySecret, ...(previousAuthKeySecret === undefined ? [] : [previousAuthKeySecret])];
  return Promise.all(
    secrets.flatMap((secret) => [today, adjacent].map((day) => idempotentId(secret, request, day))),
  );
}

async function idempotentId(secret: string, request: IdempotentRequest, day: number): Promise<string> {
  const digest = await hmac(secret, JSON.stringify(["id of a transfer", { ...request, day }]));
  // The version and variant bits of a random UUID: clients validate them.
  const variant = "89ab".charAt(Number.parseInt(digest.charAt(16), 16) % 4);
  const hex = `${digest.slice(0, 12)}4${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
