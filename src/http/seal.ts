import { base64url } from "jose";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NONCE_BYTES = 12;

/** Encrypts values with a key that is derived from a secret. */
export interface Sealer {
  /**
   * Encrypts and authenticates a value (AES-256-GCM).
   *
   * @param secret the Worker's `AUTH_KEY_SECRET`
   * @param purpose what the value is for: `unseal` returns it for no other purpose
   */
  readonly seal: (secret: string, purpose: string, value: unknown) => Promise<string>;
  /**
   * Returns the value that `seal` encrypted.
   *
   * @returns undefined if the text was not made with this secret for this purpose
   */
  readonly unseal: (secret: string, purpose: string, sealed: string) => Promise<unknown>;
}

/**
 * Makes a sealer with keys of its own, so that what it seals can be used for nothing else that the secret protects.
 *
 * @param info names the use of the keys (HKDF)
 * @example
 * const { seal, unseal } = makeSealer("cookies of /handoff");
 */
export function makeSealer(info: string): Sealer {
  const keys = new Map<string, CryptoKey>();
  const keyOf = async (secret: string): Promise<CryptoKey> => {
    let key = keys.get(secret);
    if (key === undefined) {
      const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, [
        "deriveKey",
      ]);
      key = await crypto.subtle.deriveKey(
        { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(info) },
        material,
        { name: "AES-GCM", length: 256 },
        false,
        ["encrypt", "decrypt"],
      );
      keys.set(secret, key);
    }
    return key;
  };
  return {
    async seal(secret, purpose, value) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const algorithm = { name: "AES-GCM", iv, additionalData: encoder.encode(purpose) };
      const text = encoder.encode(JSON.stringify(value));
      const encrypted = await crypto.subtle.encrypt(algorithm, await keyOf(secret), text);
      return base64url.encode(new Uint8Array([...iv, ...new Uint8Array(encrypted)]));
    },
    async unseal(secret, purpose, sealed) {
      try {
        const bytes = new Uint8Array(base64url.decode(sealed));
        const algorithm = {
          name: "AES-GCM",
          iv: bytes.subarray(0, NONCE_BYTES),
          additionalData: encoder.encode(purpose),
        };
        const text = await crypto.subtle.decrypt(algorithm, await keyOf(secret), bytes.subarray(NONCE_BYTES));
        return JSON.parse(decoder.decode(text));
      } catch {
        return undefined;
      }
    },
  };
}
