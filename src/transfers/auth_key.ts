import { AUTH_KEY_ALPHABET, AUTH_KEY_LENGTH } from "../http/redact.ts";

/** Generates an `auth_key` with the runtime's cryptographically secure random number generator. */
export function makeAuthKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(AUTH_KEY_LENGTH));
  return Array.from(bytes, (byte) => AUTH_KEY_ALPHABET.charAt(byte % AUTH_KEY_ALPHABET.length)).join("");
}

const encoder = new TextEncoder();
const imported = new Map<string, CryptoKey>();

/**
 * The HMAC-SHA-256, hexadecimal, that is stored in place of an `auth_key` and compared with: it binds the key to
 * its transfer. Nobody without the secret can tell the HMAC of a key he guesses, so the time that comparing two
 * of them takes tells nothing of the key.
 *
 * @param secret the Worker's `AUTH_KEY_SECRET`
 */
export async function authKeyHmac(secret: string, transferId: string, authKey: string): Promise<string> {
  let key = imported.get(secret);
  if (key === undefined) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
    imported.set(secret, key);
  }
  // A transfer's id has no colon, so no two pairs of id and key make the same text.
  const hmac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${transferId}:${authKey}`));
  return Array.from(new Uint8Array(hmac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
