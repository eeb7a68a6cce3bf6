import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, exportSPKI, type GenerateKeyPairResult, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServiceOnBoth, startOnBoth } from "../support/service.ts";
import { send } from "./roles.ts";

const PROJECT = "c".repeat(32);
const ISSUER = "https://issuer.example";
const AUDIENCE = "volume-transfers";

/** An issuer: signs tokens, and tells the keys they can be checked with. */
class Issuer {
  readonly #keys = new Map<string, GenerateKeyPairResult>();
  readonly #algorithms = new Map<string, string>();
  down = false;
  readonly #server = createServer(async (_request, answer) => {
    if (this.down) {
      answer.writeHead(500).end();
      return;
    }
    const keys = [...this.#keys].map(async ([kid, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: this.#algorithms.get(kid),
      use: "sig",
    }));
    answer.setHeader("Content-Type", "application/json");
    answer.end(JSON.stringify({ keys: await Promise.all(keys) }));
  });

  async start(): Promise<string> {
    await this.addKey("first", "RS256");
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the issuer has no port");
    return `http://127.0.0.1:${address.port}/jwks.json`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async addKey(kid: string, algorithm: string): Promise<void> {
    this.#keys.set(kid, await generateKeyPair(algorithm, { extractable: true }));
    this.#algorithms.set(kid, algorithm);
  }

  removeKey(kid: string): void {
    this.#keys.delete(kid);
  }

  publicKey(kid: string): CryptoKey {
    const pair = this.#keys.get(kid);
    if (pair === undefined) throw new Error(`no key ${kid}`);
    return pair.publicKey;
  }

  /** A token that is good, but for what the claims say otherwise. */
  async token(claims: Record<string, unknown> = {}, kid = "first"): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const good = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: "alice",
      project_id: PROJECT,
      roles: ["member", "reader"],
      exp: now + 600,
    };
    const pair = this.#keys.get(kid) ?? (await generateKeyPair("RS256"));
    return new SignJWT({ ...good, ...claims })
      .setProtectedHeader({ alg: this.#algorithms.get(kid) ?? "RS256", kid })
      .sign(pair.privateKey);
  }
}

const issuer = new Issuer();
let running: ServiceOnBoth;
beforeAll(async () => {
  const JWKS_URL = await issuer.start();
  running = await startOnBoth({ AUTH_STRATEGY: "jwt", JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWKS_URL });
}, 60_000);
afterAll(async () => {
  await running.stop();
  issuer.stop();
});

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;

describe.each(["D1", "libSQL"] as const)("AUTH_STRATEGY=jwt, on %s", (database) => {
  const status = async (token: string, method = "GET", path = "volumes", body?: unknown) =>
    (await send(running[database].url, { token, project: PROJECT }, method, path, body)).status;

  it("takes user, project and roles from the claims", async () => {
    expect(await status(await issuer.token())).toBe(200);
    expect(await status(await issuer.token({ project_id: "d".repeat(32) }))).toBe(400);
    const make = ["POST", "volumes", { volume: { size: 1 } }] as const;
    expect(await status(await issuer.token({ roles: "reader other" }), ...make)).toBe(403);
    expect(await status(await issuer.token({ roles: [] }))).toBe(403);
  });

  it("takes the token as a Bearer, too", async () => {
    const response = await fetch(`${running[database].url}/v3/${PROJECT}/volumes`, {
      headers: { Authorization: `Bearer ${await issuer.token()}` },
    });
    expect(response.status).toBe(200);
  });

  it("refuses with where tokens come from", async () => {
    const { status, headers, body } = await send(
      running[database].url,
      { token: "x", project: PROJECT },
      "GET",
      "volumes",
    );
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe(`Bearer realm="${ISSUER}"`);
    expect(body.error.code).toBe(401);
  });

  it.each([
    ["of another issuer", () => issuer.token({ iss: "https://other.example" })],
    ["for another audience", () => issuer.token({ aud: "something-else" })],
    ["that has expired", () => issuer.token({ exp: seconds(-10) })],
    ["that never expires", () => issuer.token({ exp: undefined })],
    ["that is not valid yet", () => issuer.token({ nbf: seconds(60) })],
    ["without a project", () => issuer.token({ project_id: undefined })],
    ["whose project is no text", () => issuer.token({ project_id: 7 })],
    ["without a user", () => issuer.token({ sub: undefined })],
    ["signed with a key that is not the issuer's", () => issuer.token({}, "unknown")],
    [
      "whose signature is another's",
      async () =>
        `${(await issuer.token()).split(".").slice(0, 2).join(".")}.${(await issuer.token({ sub: "bob" })).split(".")[2]}`,
    ],
    [
      "whose claims were changed",
      async () => {
        const [header, , signature] = (await issuer.token()).split(".");
        return `${header}.${base64({ iss: ISSUER, aud: AUDIENCE, sub: "root", project_id: PROJECT, roles: ["admin"], exp: seconds(600) })}.${signature}`;
      },
    ],
    [
      "of algorithm none",
      async () => {
        const [, claims] = (await issuer.token()).split(".");
        return `${base64({ alg: "none", typ: "JWT" })}.${claims}.`;
      },
    ],
    [
      "HS256 with the public key as the secret",
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
    ["that is none", async () => "not.a.jwt"],
  ])("401 for a token %s", async (_what, token) => {
    expect(await status(await token())).toBe(401);
  });

  it("follows the issuer to a new key without a restart, and leaves the old one with it", async () => {
    const kid = `second-${database}`;
    await issuer.addKey(kid, "ES256");
    // The keys are asked for again at most every five seconds.
    await new Promise((resolve) => setTimeout(resolve, 5100));
    expect(await status(await issuer.token({}, kid))).toBe(200);
    expect(await status(await issuer.token())).toBe(200);
  });

  it("503 where the keys cannot be had", async () => {
    const token = await issuer.token({}, "a key it does not know");
    issuer.down = true;
    await new Promise((resolve) => setTimeout(resolve, 5100));
    expect(await status(token)).toBe(503);
    issuer.down = false;
  });
});
