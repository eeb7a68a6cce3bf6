import { describe, expect, it } from "vitest";
import { AUTH_KEY_IN_TEXT, authKeyHmac, makeAuthKey } from "../../src/transfers/auth_key.ts";

describe("the auth_key", () => {
  it("has 16 characters, as many as Horizon's form takes, none of which looks like another", () => {
    for (let i = 0; i < 1000; i++) expect(makeAuthKey()).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
  });
});
