import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { type Bindings, type Config, ConfigurationError } from "../../../src/config/config.ts";
import { deployment } from "../../../src/config/deployment.ts";
import { configuration } from "../../support/configuration.ts";
import { request } from "./service.ts";

const { DB } = env;
/** The variables that are required. */
const LEAST: Bindings = { AUTH_STRATEGY: "noauth", DB };
const SECRET = "s".repeat(32);

const configured = (variables: Record<string, unknown>): Config => configuration({ ...LEAST, ...variables });

/** Returns the message for an invalid configuration. */
function refusal(bindings: Bindings): string {
  try {
    configuration(bindings);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error("the configuration was taken");
}

describe("METRICS_TOKEN", () => {
  it.each(["short", "with a space in the middle"])("must not be %j", (METRICS_TOKEN) => {
    expect(refusal({ ...LEAST, METRICS_TOKEN })).toBe(
      "METRICS_TOKEN must have at least 16 characters, without spaces",
    );
  });
});

describe("MAX_ACCEPT_ATTEMPTS_TOTAL", () => {
  it.each([
    [{ MAX_ACCEPT_ATTEMPTS: "50", MAX_ACCEPT_ATTEMPTS_TOTAL: "50" }, 50, 50],
    [{ MAX_ACCEPT_ATTEMPTS_TOTAL: "3" }, 3, 10],
    [{ MAX_ACCEPT_ATTEMPTS: "1000" }, 1000, 1000],
  ])(
    "must be more than MAX_ACCEPT_ATTEMPTS, or one project could end a transfer for all: %j",
    (variables, total, each) => {
      expect(refusal({ ...LEAST, ...variables })).toBe(
        `MAX_ACCEPT_ATTEMPTS_TOTAL (${total}), the limit of all projects together, must be more than MAX_ACCEPT_ATTEMPTS (${each}), that of each`,
      );
    },
  );
});

describe("the brand of the page", () => {
  it.each([
    [{ BRAND_COLOR: "blue" }, "BRAND_COLOR must be a colour such as #0b57d0"],
    [{ BRAND_COLOR: "#fff" }, "BRAND_COLOR must be a colour such as #0b57d0"],
    [{ BRAND_NAME: "n".repeat(61) }, "BRAND_NAME must have 60 characters or less"],
    ...["https://cdn.example/logo.svg", "//cdn.example/logo.svg", "/\\cdn.example/logo.svg", "logo.svg"].map(
      (BRAND_LOGO_URL) =>
        [
          { BRAND_LOGO_URL },
          "BRAND_LOGO_URL must be a path of the same origin that begins with one slash, such as /logo.svg",
        ] as const,
    ),
  ] as const)("must not be %j", (variables, message) => {
    expect(refusal({ ...LEAST, ...variables })).toBe(message);
  });

  it("is a name, a colour and the path of a logo", () => {
    const brand = { BRAND_NAME: "Acme", BRAND_COLOR: "#0b57d0", BRAND_LOGO_URL: "/static/logo.svg?v=2" };
    expect(configured(brand).handoff?.brand).toEqual({
      name: "Acme",
      color: "#0b57d0",
      logo: "/static/logo.svg?v=2",
    });
  });
});

describe("the configuration", () => {
  it("has Cinder's defaults for everything but the authentication strategy and the database", () => {
    expect(configuration(LEAST)).toMatchObject({
      identity: { strategy: "noauth" },
      database: { kind: "d1", binding: DB },
      publicEndpoint: undefined,
      maxLimit: 1000,
      defaultQuota: { volumes: 10, gigabytes: 1000, snapshots: 10, per_volume_gigabytes: -1 },
    });
  });

  it("is read from the variables", () => {
    expect(
      configured({
        AUTH_KEY_SECRET: SECRET,
        PUBLIC_ENDPOINT: "https://cinder.example",
        OSAPI_MAX_LIMIT: "50",
        QUOTA_VOLUMES: "-1",
        QUOTA_SNAPSHOTS: "0",
        QUOTA_GIGABYTES: "2000",
        PER_VOLUME_SIZE_LIMIT: "100",
      }),
    ).toMatchObject({
      authKeySecret: SECRET,
      publicEndpoint: "https://cinder.example",
      maxLimit: 50,
      defaultQuota: { volumes: -1, gigabytes: 2000, snapshots: 0, per_volume_gigabytes: 100 },
    });
  });

  it("is parsed once for the same bindings", () => {
    const bindings = { ...LEAST };
    expect(deployment(bindings)).toBe(deployment(bindings));
    expect(deployment({ ...LEAST })).not.toBe(deployment(bindings));
  });

  it("is rejected each time it is read if it is invalid", () => {
    const bindings = { ...LEAST, QUOTA_VOLUMES: "many" };
    expect(() => deployment(bindings)).toThrow(ConfigurationError);
    expect(() => deployment(bindings)).toThrow(ConfigurationError);
  });

  it("accepts numbers as well as digits", () => {
    expect(configured({ QUOTA_VOLUMES: 7 }).defaultQuota.volumes).toBe(7);
  });

  it.each(["https://cinder.example/", "https://cinder.example///", "https://cinder.example"])(
    "has PUBLIC_ENDPOINT without a trailing slash: %s",
    (PUBLIC_ENDPOINT) => {
      expect(configured({ PUBLIC_ENDPOINT }).publicEndpoint).toBe("https://cinder.example");
    },
  );
});

describe("an empty variable", () => {
  it.each([
    "AUTH_KEY_SECRET",
    "LIBSQL_URL",
    "LIBSQL_AUTH_TOKEN",
    "PUBLIC_ENDPOINT",
    "OSAPI_MAX_LIMIT",
    "QUOTA_VOLUMES",
    "QUOTA_SNAPSHOTS",
    "QUOTA_GIGABYTES",
    "PER_VOLUME_SIZE_LIMIT",
  ])("is treated as unset: %s", (name) => {
    expect(configured({ [name]: "" })).toEqual(configuration(LEAST));
  });

  it("is treated as unset if it is required: AUTH_STRATEGY", () => {
    expect(refusal({ AUTH_STRATEGY: "", DB })).toBe(refusal({ DB }));
  });
});

describe("an invalid variable", () => {
  const WHOLE = "must be a whole number";
  const HTTP = "must be a URL that begins with https: or http:";
  const LIBSQL = "must be a URL that begins with libsql:, https: or http:";

  it.each(["kerberos", "NOAUTH"])(
    "is named in the error, with its allowed values: AUTH_STRATEGY=%s",
    (strategy) => {
      expect(refusal({ DB, AUTH_STRATEGY: strategy })).toBe(
        "AUTH_STRATEGY must be one of: keystone, jwt, noauth",
      );
    },
  );

  it("that is required says so if it is not set", () => {
    expect(refusal({ DB })).toBe("AUTH_STRATEGY must be set, to one of: keystone, jwt, noauth");
  });

  it.each([
    ["AUTH_KEY_SECRET", "s".repeat(31), "must have at least 32 characters"],
    ["LIBSQL_URL", "localhost", LIBSQL],
    [
      "LIBSQL_URL",
      "file:local.db",
      "must not be a file: a Worker on Cloudflare has none. `npm run serve` opens it",
    ],
    ["LIBSQL_URL", "ws://localhost:8080", LIBSQL],
    ["PUBLIC_ENDPOINT", "cinder.example", HTTP],
    ["PUBLIC_ENDPOINT", "localhost:8776", HTTP],
    ["PUBLIC_ENDPOINT", "ftp://cinder.example", HTTP],
    ["OSAPI_MAX_LIMIT", "all", WHOLE],
    ["OSAPI_MAX_LIMIT", "1.5", WHOLE],
    ["OSAPI_MAX_LIMIT", "0", "must be 1 or more"],
    ["OSAPI_MAX_LIMIT", "1001", "must be 1000 or less"],
    ["DATABASE_TIMEOUT_MS", "25001", "must be 25000 or less"],
    ["BODY_TIMEOUT_MS", "25001", "must be 25000 or less"],
    ["QUOTA_VOLUMES", "many", WHOLE],
    ["QUOTA_SNAPSHOTS", "1.5", WHOLE],
    ["QUOTA_GIGABYTES", "1000GB", WHOLE],
    ["QUOTA_GIGABYTES", "Infinity", WHOLE],
    ["PER_VOLUME_SIZE_LIMIT", "NaN", WHOLE],
  ])("is named in the error, with the values that it accepts: %s=%s", (name, value, must) => {
    expect(refusal({ ...LEAST, [name]: value })).toBe(`${name} ${must}`);
  });

  it.each(["QUOTA_VOLUMES", "QUOTA_SNAPSHOTS", "QUOTA_GIGABYTES", "PER_VOLUME_SIZE_LIMIT"])(
    "is named in the error if it is less than -1: %s",
    (name) => {
      expect(refusal({ ...LEAST, [name]: "-2" })).toMatch(new RegExp(`^${name} must be -1 .*or more$`));
    },
  );

  it("is named in the error if it is not a text: LIBSQL_AUTH_TOKEN", () => {
    expect(refusal({ ...LEAST, LIBSQL_AUTH_TOKEN: 5 })).toMatch(/^LIBSQL_AUTH_TOKEN /);
  });

  it.each([" ", "\n", true, null])("is not read as 0 if it is blank: QUOTA_VOLUMES=%j", (value) => {
    expect(refusal({ ...LEAST, QUOTA_VOLUMES: value })).toBe(`QUOTA_VOLUMES ${WHOLE}`);
  });

  it("is named in the error together with all others", () => {
    const wrong = {
      AUTH_KEY_SECRET: "short",
      OSAPI_MAX_LIMIT: "0",
      QUOTA_GIGABYTES: "x",
      PUBLIC_ENDPOINT: "y",
    };
    const told = refusal({ ...wrong, DB }).split("; ");
    expect(told.map((one) => one.split(" ")[0]).sort()).toEqual([
      "AUTH_KEY_SECRET",
      "AUTH_STRATEGY",
      "OSAPI_MAX_LIMIT",
      "PUBLIC_ENDPOINT",
      "QUOTA_GIGABYTES",
    ]);
  });

  it("is named in the error together with a missing database", () => {
    expect(refusal({ AUTH_STRATEGY: "noauth", QUOTA_VOLUMES: "many" })).toMatch(/QUOTA_VOLUMES.*LIBSQL_URL/);
  });

  it("is not repeated in the error, for it may be a secret", () => {
    expect(refusal({ ...LEAST, AUTH_KEY_SECRET: "hunter2", LIBSQL_URL: "hunter3" })).not.toMatch(/hunter/);
  });
});

describe("a service with an invalid configuration", () => {
  it.each(["/healthcheck", "/", "/v3/", "/v3/volume-transfers"])(
    "returns 503 with the name of the variable: %s",
    async (path) => {
      const response = await request(path, {}, { ...LEAST, QUOTA_VOLUMES: "many" });
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        serviceUnavailable: {
          code: 503,
          message: "The service is not configured: QUOTA_VOLUMES must be a whole number.",
        },
      });
    },
  );
});
