import { describe, expect, it } from "vitest";
import { redact } from "../../../src/dialect/redact.ts";
import { authKeyHmac, makeAuthKey } from "../../../src/transfers/auth_key.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const SECRET = "the secret of this test, 32 characters at least";
const TRANSFER = "aaaaaaaa-1111-4222-8333-444444444444";
const KEY = "0123456789abcdef";

const keys = Array.from({ length: 1000 }, makeAuthKey);

describe("makeAuthKey", () => {
  it("returns 16 characters, which fit in Horizon's form, without those that look alike", () => {
    for (const key of keys) expect(key).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
  });

  it("never returns the same key twice", () => {
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("uses every character of the alphabet at every position", () => {
    // The probability that a character is missing at a position of 1000 keys is (31/32)^1000, 1 in 6e13.
    for (let place = 0; place < 16; place++) {
      const seen = new Set(keys.map((key) => key.charAt(place)));
      expect([...seen].sort().join("")).toBe(ALPHABET);
    }
  });

  it("uses all characters equally often", () => {
    const text = keys.join("");
    const expected = text.length / ALPHABET.length;
    const chiSquared = Array.from(ALPHABET, (character) => text.split(character).length - 1)
      .map((count) => (count - expected) ** 2 / expected)
      .reduce((sum, term) => sum + term, 0);
    // With 31 degrees of freedom, a uniform source exceeds this once in a billion times.
    expect(chiSquared).toBeLessThan(108);
  });
});

describe("the redaction of a text", () => {
  const redacted = (text: string) => redact(text, false);

  it("removes every key that makeAuthKey returns", () => {
    for (const key of keys) expect(redacted(`'auth_key': '${key}'`)).toBe("'auth_key': '***'");
  });

  it.each([
    ["alone", KEY, "***"],
    ["more than once", `${KEY} ${KEY}`, "*** ***"],
    ["in capitals", KEY.toUpperCase(), "***"],
    ["in quotes", `"${KEY}"`, '"***"'],
  ])("removes a key %s", (_where, text, rest) => {
    expect(redacted(text)).toBe(rest);
  });

  it.each([
    ["a UUID", TRANSFER],
    ["a UUID without dashes", TRANSFER.replaceAll("-", "")],
    ["a shorter word", KEY.slice(1)],
    ["a word with a letter that no key has", `${KEY.slice(1)}u`],
  ])("keeps %s", (_what, text) => {
    expect(redacted(text)).toBe(text);
  });
});

/** Returns HMAC-SHA-256 by its definition in RFC 2104, from the hash function alone. */
async function hmacOf(secret: string, text: string): Promise<string> {
  const bytes = (value: string) => [...new TextEncoder().encode(value)];
  const sha256 = async (message: number[]) => [
    ...new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(message))),
  ];
  const key = bytes(secret).length > 64 ? await sha256(bytes(secret)) : bytes(secret);
  const pad = (byte: number) => Array.from({ length: 64 }, (_, i) => (key[i] ?? 0) ^ byte);
  const inner = await sha256([...pad(0x36), ...bytes(text)]);
  const outer = await sha256([...pad(0x5c), ...inner]);
  return outer.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("authKeyHmac", () => {
  it("returns the HMAC-SHA-256 of the transfer's id and the key", async () => {
    expect(await authKeyHmac(SECRET, TRANSFER, KEY)).toBe(await hmacOf(SECRET, `${TRANSFER}:${KEY}`));
  });

  it.each([
    ["a secret longer than a block", "s".repeat(100), KEY],
    ["a secret that is not ASCII", "п📦".repeat(16), KEY],
    ["a key that is not ASCII", SECRET, "ключ📦"],
    ["an empty key", SECRET, ""],
  ])("returns it for %s, too", async (_what, secret, key) => {
    expect(await authKeyHmac(secret, TRANSFER, key)).toBe(await hmacOf(secret, `${TRANSFER}:${key}`));
  });

  it("returns what `openssl dgst -sha256 -hmac` prints", async () => {
    expect(await authKeyHmac(SECRET, TRANSFER, KEY)).toBe(
      "08471f78dcb3dbea82e210457853f3976c8001370771ef74172501098dcc0c35",
    );
  });

  it("returns 64 hexadecimal digits for every key", async () => {
    for (const key of keys.slice(0, 100)) {
      expect(await authKeyHmac(SECRET, TRANSFER, key)).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("returns the same for the same secret, transfer and key", async () => {
    expect(await authKeyHmac(SECRET, TRANSFER, KEY)).toBe(await authKeyHmac(SECRET, TRANSFER, KEY));
  });

  it.each([
    ["the secret", `${SECRET}!`, TRANSFER, KEY],
    ["the transfer", SECRET, TRANSFER.replace("4444", "4445"), KEY],
    ["the key", SECRET, TRANSFER, `${KEY.slice(1)}0`],
    ["the case of the key", SECRET, TRANSFER, KEY.toUpperCase()],
    ["a blank after the key", SECRET, TRANSFER, `${KEY} `],
  ])("returns another HMAC if another is given: %s", async (_what, secret, transfer, key) => {
    expect(await authKeyHmac(secret, transfer, key)).not.toBe(await authKeyHmac(SECRET, TRANSFER, KEY));
  });

  it("uses the given secret when secrets alternate", async () => {
    const [a, b] = ["a".repeat(32), "b".repeat(32)];
    for (const secret of [a, b, a, b]) {
      expect(await authKeyHmac(secret, TRANSFER, KEY)).toBe(await hmacOf(secret, `${TRANSFER}:${KEY}`));
    }
  });
});
