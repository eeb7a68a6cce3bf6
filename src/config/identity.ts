import * as z from "zod/mini";
import { httpUrl, oneOf, text, timeout, wholeNumber } from "./values.ts";

export const identityVariables = z.object({
  AUTH_STRATEGY: oneOf("keystone", "jwt", "noauth"),
  KEYSTONE_URL: z.optional(httpUrl),
  KEYSTONE_TIMEOUT_MS: timeout(5000),
  TOKEN_CACHE_SECONDS: wholeNumber(300, 0, 86_400),
  JWT_ISSUER: z.optional(text),
  JWT_AUDIENCE: z.optional(text),
  JWKS_URL: z.optional(httpUrl),
  JWT_USER_CLAIM: z._default(text, "sub"),
  JWT_PROJECT_CLAIM: z._default(text, "project_id"),
  JWT_ROLES_CLAIM: z._default(text, "roles"),
});
type IdentityVariables = z.output<typeof identityVariables>;

/** How callers are authenticated. */
export type IdentityConfig =
  | { readonly strategy: "noauth" }
  | {
      readonly strategy: "keystone";
      readonly url: string;
      /** The timeout of a request to Keystone, milliseconds. */
      readonly timeoutMs: number;
      readonly cacheSeconds: number;
    }
  | {
      readonly strategy: "jwt";
      readonly issuer: string;
      readonly audience: string;
      readonly jwksUrl: string;
      readonly claims: { readonly user: string; readonly project: string; readonly roles: string };
    };

/** @param problems receives a message for each variable that the strategy requires and that is missing */
export function readIdentity(variables: IdentityVariables, problems: string[]): IdentityConfig {
  const { AUTH_STRATEGY: strategy } = variables;
  const required = (name: "KEYSTONE_URL" | "JWT_ISSUER" | "JWT_AUDIENCE" | "JWKS_URL"): string =>
    requiredFor(strategy, name, variables[name], problems);
  switch (strategy) {
    case "noauth":
      return { strategy };
    case "keystone":
      return {
        strategy,
        // With or without the version, since operators copy OS_AUTH_URL.
        url: required("KEYSTONE_URL").replace(/\/v3$/, ""),
        timeoutMs: variables.KEYSTONE_TIMEOUT_MS,
        cacheSeconds: variables.TOKEN_CACHE_SECONDS,
      };
    case "jwt":
      return {
        strategy,
        issuer: required("JWT_ISSUER"),
        audience: required("JWT_AUDIENCE"),
        jwksUrl: required("JWKS_URL"),
        claims: {
          user: variables.JWT_USER_CLAIM,
          project: variables.JWT_PROJECT_CLAIM,
          roles: variables.JWT_ROLES_CLAIM,
        },
      };
  }
}

/**
 * Returns the value of a variable that a strategy requires.
 *
 * @param problems receives a message if the value is missing
 */
export function requiredFor(
  strategy: IdentityConfig["strategy"],
  name: string,
  value: string | undefined,
  problems: string[],
): string {
  if (value === undefined) problems.push(`${name} must be set for AUTH_STRATEGY=${strategy}`);
  return value ?? "";
}
