import * as z from "zod/mini";
import type { IdentityConfig } from "./identity.ts";
import { onOrOff, text } from "./values.ts";

export const handoffVariables = z.object({
  HANDOFF_PAGE: onOrOff("on"),
  OIDC_CLIENT_ID: z.optional(text),
  OIDC_CLIENT_SECRET: z.optional(text),
  OIDC_SCOPE: z._default(text, "openid"),
  OIDC_PARAMETERS: z._default(text, ""),
  BRAND_NAME: z.optional(text.check(z.maxLength(60, "must have 60 characters or less"))),
  BRAND_COLOR: z.optional(text.check(z.regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #0b57d0"))),
  BRAND_LOGO_URL: z.optional(
    // Of the same origin: the policy of the page allows no other, and no visitor is told to another site.
    text.check(
      z.regex(
        /^\/(?![/\\])[^\s\\]*$/,
        "must be a path of the same origin that begins with one slash, such as /logo.svg",
      ),
    ),
  ),
});

/** The operator's name, colour and logo, in place of the page's own. */
interface Brand {
  readonly name?: string;
  /** As `#rrggbb`. The page makes it darker or lighter where text of it would be hard to read. */
  readonly color?: string;
  /** The path of a picture. */
  readonly logo?: string;
}

/** The page at `/handoff`. */
export interface HandoffPage {
  readonly brand: Brand;
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
  const { OIDC_CLIENT_ID: clientId, BRAND_NAME: name, BRAND_COLOR: color, BRAND_LOGO_URL: logo } = variables;
  if (variables.HANDOFF_PAGE === "off") return undefined;
  const brand = {
    ...(name !== undefined && { name }),
    ...(color !== undefined && { color }),
    ...(logo !== undefined && { logo }),
  };
  if (identity.strategy !== "jwt" || clientId === undefined) return { brand, oidc: undefined };
  return {
    brand,
    oidc: {
      issuer: identity.issuer,
      clientId,
      clientSecret: variables.OIDC_CLIENT_SECRET,
      scope: variables.OIDC_SCOPE,
      parameters: Object.fromEntries(new URLSearchParams(variables.OIDC_PARAMETERS)),
    },
  };
}
