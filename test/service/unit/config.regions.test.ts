import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { deployment } from "../../../src/config/deployment.ts";
import { refused } from "./service.ts";

const DB_EU = env.DB;
/** Two regions, one on D1 and one on libSQL. */
const TWO = { AUTH_STRATEGY: "noauth", REGIONS: "eu us", DB_EU, LIBSQL_URL_US: "http://us.example" };

describe("a deployment", () => {
  it("without REGIONS has one region without a name", () => {
    const { regions, hosts } = deployment({ AUTH_STRATEGY: "noauth", DB: env.DB });
    expect(regions).toHaveLength(1);
    expect(regions[0]).toMatchObject({ region: undefined, database: { kind: "d1", binding: env.DB } });
    expect(hosts.size).toBe(0);
  });

  it("has the regions in order, each with its database", () => {
    expect(deployment({ ...TWO, LIBSQL_AUTH_TOKEN_US: "token" }).regions).toMatchObject([
      { region: "eu", database: { kind: "d1", binding: DB_EU } },
      { region: "us", database: { kind: "libsql", url: "http://us.example", authToken: "token" } },
    ]);
  });

  it("shares the identity, and so the cache of tokens, between regions", () => {
    const [eu, us] = deployment({ ...TWO }).regions;
    expect(eu?.identity).toBe(us?.identity);
  });

  it("takes a value of a region's own before that of all regions", () => {
    const variables = { QUOTA_VOLUMES: "3", QUOTA_VOLUMES_US: "7", DATABASE_TIMEOUT_MS_US: "900" };
    const [eu, us] = deployment({ ...TWO, ...variables }).regions;
    expect(eu).toMatchObject({ defaultQuota: { volumes: 3 }, databaseTimeoutMs: 5000 });
    expect(us).toMatchObject({ defaultQuota: { volumes: 7 }, databaseTimeoutMs: 900 });
  });

  it("forms the names of variables from letters, digits and underscores", () => {
    const { regions } = deployment({
      AUTH_STRATEGY: "noauth",
      REGIONS: "eu-central-1",
      DB_EU_CENTRAL_1: DB_EU,
    });
    expect(regions).toMatchObject([{ region: "eu-central-1", database: { kind: "d1" } }]);
  });

  it("finds regions by host, whatever its case", () => {
    const { hosts, regions } = deployment({ ...TWO, REGION_HOSTS: "EU.example=eu, us.example:8080=us" });
    expect([...hosts]).toEqual([
      ["eu.example", regions[0]],
      ["us.example:8080", regions[1]],
    ]);
  });
});

describe("REGIONS", () => {
  it.each([
    [
      "1eu us",
      'REGIONS must be names of letters, digits, - and _, which begin with a letter and have at most 32 characters, not "1eu"',
    ],
    [
      "eu/west",
      'REGIONS must be names of letters, digits, - and _, which begin with a letter and have at most 32 characters, not "eu/west"',
    ],
    ["eu v3", 'REGIONS must not contain "v3", which is a path of the service'],
    ["eu EU", 'REGIONS must not contain both "eu" and "EU", whose variables have the same names'],
    ["eu eu", 'REGIONS must not contain both "eu" and "eu", whose variables have the same names'],
  ])("is rejected if it is %s", (REGIONS, message) => {
    expect(() => deployment({ ...TWO, REGIONS })).toThrow(refused(message));
  });

  it("is rejected if a region has no database, even if there is one without a region", () => {
    expect(() =>
      deployment({ ...TWO, REGIONS: "eu us asia", DB: env.DB, LIBSQL_URL: "http://one.example" }),
    ).toThrow(refused("LIBSQL_URL_ASIA must be set, or a D1 database must be bound as DB_ASIA"));
  });

  it("is rejected if two regions have one database", () => {
    expect(() => deployment({ ...TWO, LIBSQL_URL_EU: "http://us.example" })).toThrow(
      refused("LIBSQL_URL_US must not be the database of another region"),
    );
    expect(() => deployment({ ...TWO, REGIONS: "eu asia", DB_ASIA: DB_EU })).toThrow(
      refused("DB_ASIA must not be the database of another region"),
    );
  });
});

describe("REGION_HOSTS", () => {
  it.each([
    ["eu.example=asia", 'REGION_HOSTS names the region "asia", which REGIONS does not contain'],
    ["eu.example", 'REGION_HOSTS must be comma-separated entries of the form host=region, not "eu.example"'],
    [
      "https://eu.example=eu",
      'REGION_HOSTS must be comma-separated entries of the form host=region, not "https://eu.example=eu"',
    ],
    ["eu.example=eu,EU.example=us", "REGION_HOSTS must not contain eu.example twice"],
  ])("is rejected if it is %s", (REGION_HOSTS, message) => {
    expect(() => deployment({ ...TWO, REGION_HOSTS })).toThrow(refused(message));
  });

  it("is rejected without REGIONS", () => {
    expect(() => deployment({ AUTH_STRATEGY: "noauth", DB: env.DB, REGION_HOSTS: "eu.example=eu" })).toThrow(
      refused('REGION_HOSTS names the region "eu", which REGIONS does not contain'),
    );
  });
});

describe("an invalid variable", () => {
  it("is named once if all regions have it", () => {
    expect(() => deployment({ ...TWO, QUOTA_VOLUMES: "many" })).toThrow(
      refused("QUOTA_VOLUMES must be a whole number"),
    );
  });

  it("is named as the region's if it has a value of its own", () => {
    expect(() => deployment({ ...TWO, QUOTA_VOLUMES_US: "many", LIBSQL_URL_US: "ftp://us.example" })).toThrow(
      refused(
        "LIBSQL_URL_US must be a URL that begins with libsql:, https: or http:; QUOTA_VOLUMES_US must be a whole number",
      ),
    );
  });
});
