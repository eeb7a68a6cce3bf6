/** Digits and small letters, without those that look like another: i, l, o, and u. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** 16 characters of 5 bits: 80 bits, and as many as Horizon's form takes. */
const LENGTH = 16;

/** What has the form of an `auth_key`, standing alone in a text. */
export const AUTH_KEY_IN_TEXT = new RegExp(`(?<![0-9a-z])[${ALPHABET}]{${LENGTH}}(?![0-9a-z])`, "gi");

/** A new `auth_key`, from the runtime's cryptographic random source. */
export function makeAuthKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
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
