import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { deployment } from "../../../src/config/deployment.ts";
import { configuration } from "../../support/configuration.ts";
import { refused } from "./service.ts";

const SECRET = "s".repeat(32);
const KEYSTONE = {
  AUTH_STRATEGY: "keystone",
  KEYSTONE_URL: "https://keystone.example",
  AUTH_KEY_SECRET: SECRET,
};
const CINDER_URL = "http://controller:8776";
const configured = (variables: Record<string, unknown>) =>
  configuration({ ...KEYSTONE, CINDER_URL, DB: env.DB, ...variables });

describe("CINDER_URL", () => {
  it("is unset by default: the volumes are in the database", () => {
    expect(configured({ CINDER_URL: "" }).cinder).toBeUndefined();
  });

  it.each([
    ["http://controller:8776", "http://controller:8776", ""],
    ["http://controller:8776/v3", "http://controller:8776", ""],
    ["https://cloud.example/volume/v3/", "https://cloud.example/volume", "/volume"],
    ["https://cloud.example/volume", "https://cloud.example/volume", "/volume"],
  ])("can have a path, and end with the version: %s", (CINDER_URL, url, path) => {
    expect(configured({ CINDER_URL }).cinder).toMatchObject({
      url,
      path,
      timeoutMs: 60_000,
      credential: undefined,
    });
  });

  it.each([
    [{ CINDER_URL: "controller:8776" }, "CINDER_URL must be a URL that begins with https: or http:"],
    [{ CINDER_URL: "http://controller:8776/?a" }, "CINDER_URL must be a URL without a query"],
    [{ CINDER_TIMEOUT_MS: "0" }, "CINDER_TIMEOUT_MS must be 1 or more"],
    [{ KEYSTONE_URL: "" }, "KEYSTONE_URL must be set for AUTH_STRATEGY=keystone"],
    [{ AUTH_KEY_SECRET: "" }, "AUTH_KEY_SECRET must be set for AUTH_STRATEGY=keystone"],
    [
      { AUTH_STRATEGY: "noauth" },
      "AUTH_STRATEGY must be keystone for CINDER_URL: Cinder takes no other tokens",
    ],
    [{ CINDER_CREDENTIAL_ID: "id" }, "CINDER_CREDENTIAL_SECRET must be set for CINDER_CREDENTIAL_ID"],
    [{ CINDER_CREDENTIAL_SECRET: "s" }, "CINDER_CREDENTIAL_ID must be set for CINDER_CREDENTIAL_SECRET"],
  ])("names what is wrong: %j", (variables, message) => {
    expect(() => configured(variables)).toThrow(refused(message));
  });

  it("takes the credential of the sweep", () => {
    const { cinder } = configured({ CINDER_CREDENTIAL_ID: "id", CINDER_CREDENTIAL_SECRET: "secret" });
    expect(cinder?.credential).toEqual({ id: "id", secret: "secret" });
  });
});

describe("CINDER_URL with REGIONS", () => {
  const regions = { ...KEYSTONE, REGIONS: "eu us", DB_EU: env.DB, LIBSQL_URL_US: "https://us.example" };

  it("is that of one region, beside a region that has volumes of its own", () => {
    const [eu, us] = deployment({ ...regions, CINDER_URL_EU: CINDER_URL, CINDER_TIMEOUT_MS: "5" }).regions;
    expect(eu?.cinder).toMatchObject({ url: CINDER_URL, timeoutMs: 5 });
    expect(us?.cinder).toBeUndefined();
  });

  it("must name the region", () => {
    expect(() => deployment({ ...regions, CINDER_URL })).toThrow(
      refused(
        "CINDER_URL must name its region: CINDER_URL_EU; CINDER_URL must name its region: CINDER_URL_US",
      ),
    );
  });

  it("must not name one Cinder twice: each has one database of transfers", () => {
    expect(() =>
      deployment({ ...regions, CINDER_URL_EU: CINDER_URL, CINDER_URL_US: `${CINDER_URL}/v3` }),
    ).toThrow(refused("CINDER_URL_US must not be the Cinder of another region"));
  });
});
