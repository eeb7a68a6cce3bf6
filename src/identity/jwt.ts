import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { Config } from "../config/config.ts";
import type { Identity } from "../http/context.ts";
import { serviceUnavailable } from "../http/faults.ts";
import type { AuthStrategy } from "./strategy.ts";

/** Asymmetric algorithms only: with a symmetric one, whoever can verify a token can also forge it. */
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
/** The shortest time between two requests for the keys, if a token names an unknown key, milliseconds. */
const COOLDOWN_MS = 5000;

type JwtConfig = Extract<Config["identity"], { strategy: "jwt" }>;

/** Authenticates by JWTs, whose claims name the user, the project and the roles. */
export function jwt({ issuer, audience, jwksUrl, claims }: JwtConfig): AuthStrategy {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
  });
  return {
    challenge: `Bearer realm="${issuer}"`,
    async identify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          requiredClaims: ["exp"],
        });
        return identityOf(payload, claims);
      } catch (error) {
        if (isRefusal(error)) return undefined;
        throw serviceUnavailable(
          "The issuer's keys are unavailable, so your token cannot be checked. Try again.",
        );
      }
    },
  };
}

/** Returns whether an error means that the token is invalid, not that the keys are unavailable. */
const isRefusal = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
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
