import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../../src/config/config.ts";
import { configuration } from "../../support/configuration.ts";
import { refused, request } from "./service.ts";

const LEAST: Bindings = { AUTH_STRATEGY: "noauth", DB: env.DB };

describe("the configured database", () => {
  it("is D1 if a D1 database is bound", () => {
    expect(configuration({ ...LEAST }).database).toEqual({ kind: "d1", binding: env.DB });
  });

  it.each(["libsql://db.example", "https://db.example", "http://127.0.0.1:8080"])(
    "is the libSQL server of LIBSQL_URL, even if a D1 database is bound: %s",
    (url) => {
      expect(configuration({ ...LEAST, LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: "token" }).database).toEqual({
        kind: "libsql",
        url,
        authToken: "token",
      });
    },
  );

  it("is the libSQL server of LIBSQL_URL if no D1 database is bound", () => {
    const { database } = configuration({ AUTH_STRATEGY: "noauth", LIBSQL_URL: "http://127.0.0.1:8080" });
    expect(database).toEqual({
      kind: "libsql",
      url: "http://127.0.0.1:8080",
      authToken: undefined,
    });
  });

  it.each([{}, { LIBSQL_URL: "" }, { LIBSQL_AUTH_TOKEN: "token" }])("is required: %j", (variables) => {
    expect(() => configuration({ AUTH_STRATEGY: "noauth", ...variables })).toThrow(
      refused("LIBSQL_URL must be set, or a D1 database must be bound as DB"),
    );
  });

  it.each(["libsql:", "libsql://db.example?unknown=1"])(
    "makes the service return 503 if libSQL's client rejects LIBSQL_URL: %s",
    async (LIBSQL_URL) => {
      const response = await request("/healthcheck", {}, { ...LEAST, LIBSQL_URL });
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("LIBSQL_URL")]);
    },
  );
});
