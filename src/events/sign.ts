const encoder = new TextEncoder();
const keys = new Map<string, Promise<CryptoKey>>();

/** Imports a secret of the form `whsec_` and base64. */
function importKey(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret);
  if (key === undefined) {
    const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (char) => char.charCodeAt(0));
    key = crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    keys.set(secret, key);
  }
  return key;
}

/**
 * Signs a webhook as Standard Webhooks specify: an HMAC-SHA-256 of id, time and body, under each secret.
 *
 * @param secrets the secrets: during a rotation the new one and the one before
 * @param timestamp seconds since the epoch
 * @returns the value of `webhook-signature`
 */
export async function signature(
  secrets: readonly string[],
  id: string,
  timestamp: number,
  body: string,
): Promise<string> {
  const content = encoder.encode(`${id}.${timestamp}.${body}`);
  const signatures = secrets.map(async (secret) => {
    const digest = await crypto.subtle.sign("HMAC", await importKey(secret), content);
    return `v1,${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
  });
  return (await Promise.all(signatures)).join(" ");
}
