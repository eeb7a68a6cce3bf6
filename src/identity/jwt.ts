import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  type JWTVerifyResult,
  jwtVerify,
} from "jose";
import type { Config } from "../config/config.ts";
import type { Identity } from "../http/context.ts";
import { Fault, serviceUnavailable } from "../http/faults.ts";
import { CachedDocument } from "./cached_document.ts";
import type { AuthStrategy } from "./strategy.ts";

/** Asymmetric algorithms only: with a symmetric one, the key that verifies a token can also forge one. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
/** The timeout of a request for the issuer's keys, milliseconds. */
const TIMEOUT_MS = 2000;
/** How long the keys are used, milliseconds: a token of a removed key is accepted for as long. */
const MAX_AGE_MS = 600_000;
/** The shortest time between two requests for the keys, if a token names an unknown key or they fail, milliseconds. */
const COOLDOWN_MS = 5000;

type JwtConfig = Extract<Config["identity"], { strategy: "jwt" }>;

/** Authenticates by JWTs, whose claims name the user, the project and the roles. */
export function jwt({ issuer, audience, jwksUrl, claims }: JwtConfig): AuthStrategy {
  const keys = new CachedDocument(() => fetchKeys(jwksUrl), {
    maxAgeMs: MAX_AGE_MS,
    failureMs: COOLDOWN_MS,
    patienceMs: TIMEOUT_MS + 1000,
  });
  const options = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ["exp"] };
  const verify = (token: string, maxAgeMs?: number): Promise<JWTVerifyResult> => {
    // jose calls it after it has checked the token's form and algorithm.
    const findKey: JWTVerifyGetKey = async (header, jws) => (await keys.get(maxAgeMs))(header, jws);
    return jwtVerify(token, findKey, options);
  };
  return {
    challenge: `Bearer realm="${issuer}"`,
    async identify(token) {
      try {
        const { payload } = await verify(token).catch((error: unknown) => {
          // The issuer may have a new key. Whoever sends many unknown keys causes one request in some seconds.
          if (error instanceof errors.JWKSNoMatchingKey) return verify(token, COOLDOWN_MS);
          throw error;
        });
        return identityOf(payload, claims);
      } catch (error) {
        if (isRefusal(error)) return undefined;
        if (error instanceof Fault) throw error;
        throw serviceUnavailable(
          "The issuer's keys are unavailable, so your token cannot be checked. Try again.",
        );
      }
    },
  };
}

/** @throws Error if the issuer does not respond with its keys */
async function fetchKeys(url: string): Promise<ReturnType<typeof createLocalJWKSet>> {
  const response = await fetch(url, {
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) throw new Error(`${url} responded ${response.status}`);
  // jose checks that these are keys.
  return createLocalJWKSet(await response.json<JSONWebKeySet>());
}

/** Returns whether an error means that the token is invalid, not that the keys are unavailable. */
const isRefusal = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== errors.JOSEError.code;

function identityOf(payload: object, claims: JwtConfig["claims"]): Identity | undefined {
  const user_id = claim(payload, claims.user);
  const project_id = claim(payload, claims.project);
  if (typeof user_id !== "string" || typeof project_id !== "string" || !user_id || !project_id)
    return undefined;
  return { user_id, project_id, roles: new Set(rolesOf(claim(payload, claims.roles))) };
}

/** Returns a claim by its name or, if the name contains dots, by its path: `realm_access.roles`. */
function claim(payload: object, name: string): unknown {
  const own = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? Object.entries(value).find(([found]) => found === key)?.[1]
      : undefined;
  return own(payload, name) ?? name.split(".").reduce(own, payload);
}

/** Parses roles: a list, or a text separated by blanks or commas. */
function rolesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((role) => typeof role === "string");
  return typeof value === "string" ? value.split(/[\s,]+/).filter((role) => role !== "") : [];
}
