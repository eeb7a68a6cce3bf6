import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/config.ts";
import { configuration } from "../../support/configuration.ts";
import { refused } from "./service.ts";

const SECRET = { AUTH_KEY_SECRET: "s".repeat(32) };
const KEYSTONE: Bindings = {
  AUTH_STRATEGY: "keystone",
  KEYSTONE_URL: "https://keystone.example/identity",
  DB: env.DB,
};
const JWT: Bindings = {
  AUTH_STRATEGY: "jwt",
  JWT_ISSUER: "https://issuer.example",
  JWT_AUDIENCE: "volume",
  JWKS_URL: "https://issuer.example/jwks",
  DB: env.DB,
};

describe("AUTH_KEY_SECRET", () => {
  it("has a default for AUTH_STRATEGY=noauth", () => {
    expect(configuration({ AUTH_STRATEGY: "noauth", DB: env.DB }).authKeySecret.length).toBeGreaterThan(31);
  });

  it.each([
    ["keystone", KEYSTONE],
    ["jwt", JWT],
  ])("is required for AUTH_STRATEGY=%s", (strategy, bindings) => {
    const missing = refused(`AUTH_KEY_SECRET must be set for AUTH_STRATEGY=${strategy}`);
    expect(() => configuration({ ...bindings })).toThrow(missing);
    expect(() => configuration({ ...bindings, AUTH_KEY_SECRET: "" })).toThrow(missing);
    expect(configuration({ ...bindings, ...SECRET }).authKeySecret).toBe(SECRET.AUTH_KEY_SECRET);
  });
});

describe("AUTH_STRATEGY=keystone", () => {
  it.each(["", "/", "/v3", "/v3/"])("accepts KEYSTONE_URL with and without the version: '%s'", (version) => {
    const KEYSTONE_URL = `https://keystone.example/identity${version}`;
    expect(configuration({ ...KEYSTONE, ...SECRET, KEYSTONE_URL }).identity).toEqual({
      strategy: "keystone",
      url: "https://keystone.example/identity",
      timeoutMs: 5000,
      cacheSeconds: 300,
    });
  });

  it("names every variable that is missing", () => {
    expect(() => configuration({ AUTH_STRATEGY: "keystone", DB: env.DB })).toThrow(
      refused(
        "KEYSTONE_URL must be set for AUTH_STRATEGY=keystone; AUTH_KEY_SECRET must be set for AUTH_STRATEGY=keystone",
      ),
    );
  });

  it.each(["keystone.example", "ftp://keystone.example"])("rejects KEYSTONE_URL=%s", (KEYSTONE_URL) => {
    expect(() => configuration({ ...KEYSTONE, ...SECRET, KEYSTONE_URL })).toThrow(/^KEYSTONE_URL must be /);
  });

  it("waits for Keystone for KEYSTONE_TIMEOUT_MS", () => {
    const bindings = { ...KEYSTONE, ...SECRET, KEYSTONE_TIMEOUT_MS: "500" };
    expect(configuration(bindings).identity).toMatchObject({ timeoutMs: 500 });
  });

  it.each(["0", "25001", "soon"])("rejects KEYSTONE_TIMEOUT_MS=%s", (KEYSTONE_TIMEOUT_MS) => {
    expect(() => configuration({ ...KEYSTONE, ...SECRET, KEYSTONE_TIMEOUT_MS })).toThrow(
      /^KEYSTONE_TIMEOUT_MS must be /,
    );
  });

  it("keeps tokens for TOKEN_CACHE_SECONDS, of which 0 is allowed", () => {
    for (const seconds of [0, 60, 86_400]) {
      expect(
        configuration({ ...KEYSTONE, ...SECRET, TOKEN_CACHE_SECONDS: `${seconds}` }).identity,
      ).toMatchObject({ cacheSeconds: seconds });
    }
  });

  it.each(["-1", "86401", "soon"])("rejects TOKEN_CACHE_SECONDS=%s", (TOKEN_CACHE_SECONDS) => {
    expect(() => configuration({ ...KEYSTONE, ...SECRET, TOKEN_CACHE_SECONDS })).toThrow(
      /^TOKEN_CACHE_SECONDS must be /,
    );
  });
});

describe("AUTH_STRATEGY=jwt", () => {
  it("has default names of claims", () => {
    expect(configuration({ ...JWT, ...SECRET }).identity).toEqual({
      strategy: "jwt",
      issuer: "https://issuer.example",
      audience: "volume",
      jwksUrl: "https://issuer.example/jwks",
      claims: { user: "sub", project: "project_id", roles: "roles" },
    });
  });

  it.each(["JWT_ISSUER", "JWT_AUDIENCE", "JWKS_URL"])("requires %s", (name) => {
    expect(() => configuration({ ...JWT, ...SECRET, [name]: "" })).toThrow(
      refused(`${name} must be set for AUTH_STRATEGY=jwt`),
    );
  });
});
