import * as z from "zod/mini";
import type { IdentityConfig } from "./identity.ts";
import { onOrOff, text } from "./values.ts";

export const handoffVariables = z.object({
  HANDOFF_PAGE: onOrOff("on"),
  OIDC_CLIENT_ID: z.optional(text),
  OIDC_CLIENT_SECRET: z.optional(text),
  OIDC_SCOPE: z._default(text, "openid"),
  OIDC_PARAMETERS: z._default(text, ""),
});

/** The page at `/handoff`. */
export interface HandoffPage {
  /** How users sign in with AUTH_STRATEGY=jwt; undefined if they cannot. */
  readonly oidc:
    | {
        readonly issuer: string;
        readonly clientId: string;
        /** Undefined for a public client. */
        readonly clientSecret: string | undefined;
        readonly scope: string;
        /** Further parameters of the requests to the identity provider. */
        readonly parameters: Readonly<Record<string, string>>;
      }
    | undefined;
}

/** Returns undefined if the page is off. */
export function readHandoff(
  variables: z.output<typeof handoffVariables>,
  identity: IdentityConfig,
): HandoffPage | undefined {
  const { OIDC_CLIENT_ID: clientId } = variables;
  if (variables.HANDOFF_PAGE === "off") return undefined;
  if (identity.strategy !== "jwt" || clientId === undefined) return { oidc: undefined };
  return {
    oidc: {
      issuer: identity.issuer,
      clientId,
      clientSecret: variables.OIDC_CLIENT_SECRET,
      scope: variables.OIDC_SCOPE,
      parameters: Object.fromEntries(new URLSearchParams(variables.OIDC_PARAMETERS)),
    },
  };
}
