import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { type Bindings, configuration } from "../../src/config.ts";
import { refused, request } from "./service.ts";

const LEAST: Bindings = { AUTH_STRATEGY: "noauth", DB: env.DB };

describe("the database", () => {
  it("is D1 where one is bound", () => {
    expect(configuration({ ...LEAST }).database).toEqual({ kind: "d1", binding: env.DB });
  });

  it.each(["libsql://db.example", "https://db.example", "http://127.0.0.1:8080"])(
    "is the libSQL server that LIBSQL_URL names, even if D1 is bound: %s",
    (url) => {
      expect(configuration({ ...LEAST, LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: "token" }).database).toEqual({
        kind: "libsql",
        url,
        authToken: "token",
        maxWrites: 0,
      });
    },
  );

  it("needs no D1 where it is a libSQL server", () => {
    const { database } = configuration({ AUTH_STRATEGY: "noauth", LIBSQL_URL: "http://127.0.0.1:8080" });
    expect(database).toEqual({
      kind: "libsql",
      url: "http://127.0.0.1:8080",
      authToken: undefined,
      maxWrites: 0,
    });
  });

  it.each([{}, { LIBSQL_URL: "" }, { LIBSQL_AUTH_TOKEN: "token" }])(
    "must be one of the two: %j",
    (variables) => {
      expect(() => configuration({ AUTH_STRATEGY: "noauth", ...variables })).toThrow(
        refused("LIBSQL_URL must be set, or a D1 database must be bound as DB"),
      );
    },
  );

  it.each(["libsql:", "libsql://db.example?unknown=1"])(
    "answers 503 for a URL that the client of libSQL does not take: %s",
    async (LIBSQL_URL) => {
      const response = await request("/healthcheck", {}, { ...LEAST, LIBSQL_URL });
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("LIBSQL_URL")]);
    },
  );
});
