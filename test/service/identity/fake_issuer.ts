import type { ServerResponse } from "node:http";
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT } from "jose";
import type { Behaviour } from "../../support/fake_keystone.ts";
import { type HttpServer, startHttpServer } from "../../support/http_server.ts";

/** The claims `iss` and `aud` of every token that is valid. */
export const ISSUER = "https://issuer.example";
export const AUDIENCE = "volume-transfers";

interface Key {
  readonly algorithm: string;
  readonly pair: GenerateKeyPairResult;
}

/** An issuer of JSON Web Tokens, which publishes its public keys as a JSON Web Key Set. */
export class FakeIssuer {
  /** How many requests for its keys it has received. */
  requests = 0;
  #behaviour: Behaviour = "respond";
  readonly #keys = new Map<string, Key>();
  #server: HttpServer | undefined;

  static async start(): Promise<FakeIssuer> {
    const issuer = new FakeIssuer();
    await issuer.addKey("first", "RS256");
    issuer.#server = await startHttpServer((_request, response) => void issuer.#respond(response));
    return issuer;
  }

  get jwksUrl(): string {
    return `${this.#server?.url}/jwks.json`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  async addKey(id: string, algorithm: string): Promise<void> {
    this.#keys.set(id, { algorithm, pair: await generateKeyPair(algorithm, { extractable: true }) });
  }

  /** @throws Error if there is no such key */
  publicKey(id: string): CryptoKey {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error(`no key ${id}`);
    return key.pair.publicKey;
  }

  /**
   * Returns a token that is valid, unless the claims say otherwise.
   *
   * @param keyId the key to sign with; if the issuer does not have it, with a key that it does not publish
   */
  async token(claims: Readonly<Record<string, unknown>> = {}, keyId = "first"): Promise<string> {
    const { algorithm, pair } = this.#keys.get(keyId) ?? {
      algorithm: "RS256",
      pair: await generateKeyPair("RS256"),
    };
    const valid = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: "alice",
      roles: ["member", "reader"],
      exp: inSeconds(600),
    };
    return new SignJWT({ ...valid, ...claims })
      .setProtectedHeader({ alg: algorithm, kid: keyId })
      .sign(pair.privateKey);
  }

  async #respond(response: ServerResponse): Promise<void> {
    this.requests++;
    if (this.#behaviour === "hang") return;
    if (this.#behaviour === "error") {
      response.writeHead(500).end();
      return;
    }
    const keys = [...this.#keys].map(async ([kid, { algorithm, pair }]) => ({
      ...(await exportJWK(pair.publicKey)),
      kid,
      alg: algorithm,
      use: "sig",
    }));
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ keys: await Promise.all(keys) }));
  }
}

/** Returns a time from now, seconds since the epoch. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
