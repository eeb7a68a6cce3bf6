import { describe, expect, it } from "vitest";
import { redact } from "../../src/http/redact.ts";
import { authKeyHmac, makeAuthKey } from "../../src/transfers/auth_key.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const SECRET = "the secret of this test, 32 characters at least";
const TRANSFER = "aaaaaaaa-1111-4222-8333-444444444444";
const KEY = "0123456789abcdef";

const keys = Array.from({ length: 1000 }, makeAuthKey);

describe("the auth_key", () => {
  it("has 16 characters, as many as Horizon's form takes, none of which looks like another", () => {
    for (const key of keys) expect(key).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
  });

  it("is never the same twice", () => {
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("has every character of the alphabet, at every place", () => {
    // That one is missing from 1000 keys at a place has a chance of (31/32)^1000, 1 in 6e13.
    for (let place = 0; place < 16; place++) {
      const seen = new Set(keys.map((key) => key.charAt(place)));
      expect([...seen].sort().join("")).toBe(ALPHABET);
    }
  });

  it("has all characters equally often", () => {
    const text = keys.join("");
    const expected = text.length / ALPHABET.length;
    const chiSquared = Array.from(ALPHABET, (character) => text.split(character).length - 1)
      .map((count) => (count - expected) ** 2 / expected)
      .reduce((sum, term) => sum + term, 0);
    // Of 31 degrees of freedom: a fair source is beyond this once in a billion times.
    expect(chiSquared).toBeLessThan(108);
  });
});

describe("what has the form of an auth_key in a text", () => {
  const blotted = (text: string) => redact(text, false);

  it("is every key that is made", () => {
    for (const key of keys) expect(blotted(`'auth_key': '${key}'`)).toBe("'auth_key': '***'");
  });

  it.each([
    ["alone", KEY, "***"],
    ["more than once", `${KEY} ${KEY}`, "*** ***"],
    ["in capitals", KEY.toUpperCase(), "***"],
    ["in quotes", `"${KEY}"`, '"***"'],
  ])("is found %s", (_where, text, rest) => {
    expect(blotted(text)).toBe(rest);
  });

  it.each([
    ["a UUID", TRANSFER],
    ["a UUID without dashes", TRANSFER.replaceAll("-", "")],
    ["a shorter word", KEY.slice(1)],
    ["a word with a letter that keys have not", `${KEY.slice(1)}u`],
  ])("is not %s", (_what, text) => {
    expect(blotted(text)).toBe(text);
  });
});

/** HMAC-SHA-256 as RFC 2104 defines it, from the hash function alone. */
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

describe("the HMAC that is stored in place of an auth_key", () => {
  it("is HMAC-SHA-256 of the transfer's id and the key", async () => {
    expect(await authKeyHmac(SECRET, TRANSFER, KEY)).toBe(await hmacOf(SECRET, `${TRANSFER}:${KEY}`));
  });

  it.each([
    ["a secret longer than a block", "s".repeat(100), KEY],
    ["a secret that is not ASCII", "п📦".repeat(16), KEY],
    ["a key that is not ASCII", SECRET, "ключ📦"],
    ["an empty key", SECRET, ""],
  ])("is, with %s, too", async (_what, secret, key) => {
    expect(await authKeyHmac(secret, TRANSFER, key)).toBe(await hmacOf(secret, `${TRANSFER}:${key}`));
  });

  it("is the one that `openssl dgst -sha256 -hmac` tells", async () => {
    expect(await authKeyHmac(SECRET, TRANSFER, KEY)).toBe(
      "08471f78dcb3dbea82e210457853f3976c8001370771ef74172501098dcc0c35",
    );
  });

  it("is written in 64 hexadecimal digits, whatever the key", async () => {
    for (const key of keys.slice(0, 100)) {
      expect(await authKeyHmac(SECRET, TRANSFER, key)).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("is the same each time", async () => {
    expect(await authKeyHmac(SECRET, TRANSFER, KEY)).toBe(await authKeyHmac(SECRET, TRANSFER, KEY));
  });

  it.each([
    ["the secret", `${SECRET}!`, TRANSFER, KEY],
    ["the transfer", SECRET, TRANSFER.replace("4444", "4445"), KEY],
    ["the key", SECRET, TRANSFER, `${KEY.slice(1)}0`],
    ["the case of the key", SECRET, TRANSFER, KEY.toUpperCase()],
    ["a blank after the key", SECRET, TRANSFER, `${KEY} `],
  ])("is another for another: %s", async (_what, secret, transfer, key) => {
    expect(await authKeyHmac(secret, transfer, key)).not.toBe(await authKeyHmac(SECRET, TRANSFER, KEY));
  });

  it("is of the secret that is given, when secrets take turns", async () => {
    const [a, b] = ["a".repeat(32), "b".repeat(32)];
    for (const secret of [a, b, a, b]) {
      expect(await authKeyHmac(secret, TRANSFER, KEY)).toBe(await hmacOf(secret, `${TRANSFER}:${KEY}`));
    }
  });
});
