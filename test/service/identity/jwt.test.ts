import { exportSPKI, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES, type DatabaseName } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { AUDIENCE, FakeIssuer, ISSUER, inSeconds } from "./fake_issuer.ts";

const PROJECT = "c".repeat(32);
/** The service requests the keys again at most every five seconds. The limit is for slow machines. */
const WAIT = { timeout: 45_000, interval: 250 };

let issuer: FakeIssuer;
let running: ServiceOnBoth;
beforeAll(async () => {
  issuer = await FakeIssuer.start();
  running = await startOnBoth({
    AUTH_STRATEGY: "jwt",
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
    JWKS_URL: issuer.jwksUrl,
  });
});
afterAll(async () => {
  await running?.stop();
  await issuer?.stop();
});

const issue = (claims: Readonly<Record<string, unknown>> = {}, keyId?: string) =>
  issuer.token({ project_id: PROJECT, ...claims }, keyId);
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const client = (database: DatabaseName, token: string) =>
  new Client(running[database].url, { token, project: PROJECT, tolerant: true });
const listStatus = async (database: DatabaseName, token: string) =>
  (await client(database, token).get("volumes")).status;

describe.each(DATABASES)("AUTH_STRATEGY=jwt, on %s", (database) => {
  it("takes the user, the project and the roles, which imply others, from the claims", async () => {
    const create = async (claims: Readonly<Record<string, unknown>>) =>
      client(database, await issue(claims)).send("POST", "volumes", { volume: { size: 1 } });
    const created = await create({ sub: "mia", roles: ["member"] });
    expect(created.status).toBe(202);
    expect(created.body.volume.user_id).toBe("mia");
    expect((await create({ roles: "reader other" })).status).toBe(403);
    expect((await create({ roles: ["manager"] })).status).toBe(202);
    expect(await listStatus(database, await issue({ roles: "manager" }))).toBe(200);
    expect(await listStatus(database, await issue({ roles: "reader other" }))).toBe(200);
    expect(await listStatus(database, await issue({ roles: [] }))).toBe(403);
    expect(await listStatus(database, await issue({ project_id: "d".repeat(32) }))).toBe(400);
  });

  it("accepts the token in the header Authorization, too", async () => {
    const headers = { Authorization: `Bearer ${await issue()}` };
    const response = await fetch(`${running[database].url}/v3/${PROJECT}/volumes`, { headers });
    expect(response.status).toBe(200);
  });

  it("returns 401 with the issuer in WWW-Authenticate", async () => {
    const { status, headers, body } = await client(database, "x").get("volumes");
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe(`Bearer realm="${ISSUER}"`);
    expect(body.error?.code).toBe(401);
  });

  it.each<[string, () => Promise<string>]>([
    ["of another issuer", () => issue({ iss: "https://other.example" })],
    ["for another audience", () => issue({ aud: "something-else" })],
    ["that has expired", () => issue({ exp: inSeconds(-10) })],
    ["that never expires", () => issue({ exp: undefined })],
    ["that is not valid yet", () => issue({ nbf: inSeconds(600) })],
    ["without a project", () => issue({ project_id: undefined })],
    ["whose project is a number", () => issue({ project_id: 7 })],
    ["without a user", () => issue({ sub: undefined })],
    ["signed with a key that the issuer does not publish", () => issue({}, "unknown")],
    [
      "with the signature of another token",
      async () => {
        const [header, claims] = (await issue()).split(".");
        const [, , signature] = (await issue({ sub: "bob" })).split(".");
        return `${header}.${claims}.${signature}`;
      },
    ],
    [
      "with changed claims",
      async () => {
        const [header, , signature] = (await issue()).split(".");
        const claims = { iss: ISSUER, aud: AUDIENCE, sub: "root", project_id: PROJECT, roles: ["admin"] };
        return `${header}.${base64({ ...claims, exp: inSeconds(600) })}.${signature}`;
      },
    ],
    [
      "with the algorithm none",
      async () => {
        const [, claims] = (await issue()).split(".");
        return `${base64({ alg: "none", typ: "JWT" })}.${claims}.`;
      },
    ],
    [
      "with the algorithm HS256 and the public key as the secret",
      async () => {
        const secret = new TextEncoder().encode(await exportSPKI(issuer.publicKey("first")));
        return new SignJWT({ project_id: PROJECT, roles: ["admin"] })
          .setProtectedHeader({ alg: "HS256", kid: "first" })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setSubject("root")
          .setExpirationTime("10m")
          .sign(secret);
      },
    ],
    ["that is not a JWT", async () => "not.a.jwt"],
  ])("returns 401 for a token %s", async (_what, token) => {
    expect(await listStatus(database, await token())).toBe(401);
  });
});

// Both databases wait for the five seconds at the same time.
describe("AUTH_STRATEGY=jwt, after the issuer has added a key", () => {
  beforeAll(() => issuer.addKey("second", "ES256"));

  it.concurrent.each(DATABASES)("accepts tokens of the new and of the old key, on %s", async (database) => {
    const token = await issue({}, "second");
    await vi.waitFor(async () => expect(await listStatus(database, token)).toBe(200), WAIT);
    expect(await listStatus(database, await issue())).toBe(200);
  });
});

/** Sends tokens of keys that do not exist, all at once, and measures a valid caller beside them. */
async function flood(database: DatabaseName): Promise<{ requests: number; status: number }> {
  // Each token is signed with a key of its own, which takes long to make: a changed name of the key suffices here.
  const [, claims, signature] = (await issue()).split(".");
  const header = (kid: string) => base64({ alg: "RS256", kid });
  const before = issuer.requests;
  const junk = Array.from({ length: 200 }, (_, i) =>
    listStatus(database, `${header(`junk-${i}`)}.${claims}.${signature}`),
  );
  const status = await listStatus(database, await issue());
  for (const refusal of await Promise.all(junk)) expect([401, 503]).toContain(refusal);
  return { requests: issuer.requests - before, status };
}

describe("AUTH_STRATEGY=jwt, while unknown keys arrive", () => {
  it.each(DATABASES)("requests the keys once, and serves valid tokens, on %s", async (database) => {
    expect(await listStatus(database, await issue())).toBe(200);
    const { requests, status } = await flood(database);
    expect(status).toBe(200);
    // A second one only if the flood takes more than five seconds.
    expect(requests).toBeLessThanOrEqual(2);
  });

  it.each(DATABASES)("does so while the issuer hangs, too, on %s", async (database) => {
    issuer.behave("hang");
    const { requests, status } = await flood(database);
    issuer.behave("respond");
    expect(status).toBe(200);
    expect(requests).toBeLessThanOrEqual(2);
  });
});

describe("AUTH_STRATEGY=jwt, while the issuer does not respond with its keys", () => {
  beforeAll(() => issuer.behave("error"));

  it.concurrent.each(DATABASES)("returns 503 for a token of an unknown key, on %s", async (database) => {
    const token = await issue({}, "unknown");
    await vi.waitFor(async () => expect(await listStatus(database, token)).toBe(503), WAIT);
  });
});
