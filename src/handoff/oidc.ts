import type { Context } from "hono";
import * as oauth from "oauth4webapi";
import * as z from "zod/mini";
import { type Config, perConfig } from "../config/config.ts";
import type { AppEnv } from "../http/context.ts";
import { Fault, resourceNotFound } from "../http/faults.ts";
import { logEvent } from "../http/log.ts";
import { namesRegion } from "../http/region.ts";
import { identify } from "../identity/authenticate.ts";
import { CachedDocument } from "../identity/cached_document.ts";
import { dropCookie, readCookie, SIGN_IN_COOKIE, saveCookie } from "./cookies.ts";
import { type Session, saveSession } from "./session.ts";
import { signIns } from "./sign_in.ts";

/** The timeout of a request to the identity provider, milliseconds. */
const TIMEOUT_MS = 5000;
/** The time that a user has to sign in at the identity provider, seconds. */
const SIGN_IN_SECONDS = 600;
/** The lifetime of a token whose lifetime the identity provider does not say, seconds. */
const DEFAULT_LIFETIME = 300;
/** The longest lifetime of a token that is believed, seconds: ten years. */
const MAX_LIFETIME = 10 * 365 * 86_400;

/** The state of a sign-in until the identity provider sends the user back. */
const signInSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Whether the sign-in has a window of its own. */
  popup: z.boolean(),
  /** The region's part of the page's path, such as `/eu`. */
  prefix: z.string(),
});

type OidcConfig = NonNullable<NonNullable<Config["handoff"]>["oidc"]>;

function oidcOf(c: Context<AppEnv>): OidcConfig {
  const { oidc } = c.get("deployment").shared.handoff ?? {};
  if (oidc === undefined) throw resourceNotFound();
  return oidc;
}

/** Returns the address to which the identity provider sends the user back: one for all regions of a host. */
const redirectUri = (c: Context<AppEnv>): string => `${c.get("address").root}/handoff/callback`;

const options = ({ issuer }: OidcConfig) => ({
  signal: () => AbortSignal.timeout(TIMEOUT_MS),
  // An issuer on the machine itself, for development and tests.
  [oauth.allowInsecureRequests]: issuer.startsWith("http:"),
});

/** The metadata of the identity provider, which is fetched every ten minutes at most. */
const metadataOf = perConfig((oidc: OidcConfig) => {
  const issuer = new URL(oidc.issuer);
  return new CachedDocument(
    async () => oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options(oidc))),
    { maxAgeMs: 600_000, failureMs: 5000, patienceMs: TIMEOUT_MS + 1000 },
  );
});

/** Sends the user to the identity provider (OpenID Connect, authorization code flow with PKCE). */
export async function startSignIn(c: Context<AppEnv>): Promise<Response> {
  const oidc = oidcOf(c);
  const popup = c.req.query("popup") !== undefined;
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  try {
    const { authorization_endpoint } = await signIns.run("", () => metadataOf(oidc).get());
    const url = new URL(authorization_endpoint ?? "");
    url.search = new URLSearchParams({
      ...Object.fromEntries(url.searchParams),
      ...oidc.parameters,
      response_type: "code",
      client_id: oidc.clientId,
      redirect_uri: redirectUri(c),
      scope: oidc.scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).toString();
    await saveCookie(
      c,
      SIGN_IN_COOKIE,
      { state, nonce, verifier, popup, prefix: c.get("address").prefix },
      SIGN_IN_SECONDS,
    );
    return c.redirect(url.href);
  } catch (error) {
    return failed(c, error instanceof Fault ? "busy" : "unavailable", popup, error);
  }
}

/** Takes the user back from the identity provider, and starts the session. */
export async function finishSignIn(c: Context<AppEnv>): Promise<Response> {
  const oidc = oidcOf(c);
  const { data: started } = signInSchema.safeParse(await readCookie(c, SIGN_IN_COOKIE));
  if (!namesRegion(c) && started !== undefined && started.prefix !== "") {
    // The limit of admitted requests is the region's, and so is the page that the user came from.
    const answer = new URLSearchParams(c.req.query());
    return c.redirect(`..${started.prefix}/handoff/callback?${answer}`, 303);
  }
  dropCookie(c, SIGN_IN_COOKIE);
  if (started === undefined || !namesRegion(c)) return failed(c, "expired", false);
  const { popup } = started;
  try {
    const session = await signIns.run("", () => redeemCode(c, oidc, started));
    if (session === undefined) return failed(c, "no_project", popup);
    await saveSession(c, session);
    return c.redirect(page(popup ? { "signed-in": "" } : {}), 303);
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) return failed(c, "denied", popup, error);
    return failed(c, error instanceof Fault ? "busy" : "failed", popup, error);
  }
}

/**
 * Asks the identity provider for the token of a sign-in.
 *
 * @returns undefined if the API does not take the token
 */
async function redeemCode(
  c: Context<AppEnv>,
  oidc: OidcConfig,
  started: z.output<typeof signInSchema>,
): Promise<Session | undefined> {
  const server = await metadataOf(oidc).get();
  const client = { client_id: oidc.clientId };
  const parameters = oauth.validateAuthResponse(
    server,
    client,
    new URLSearchParams(c.req.query()),
    started.state,
  );
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oidc.clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(oidc.clientSecret),
    parameters,
    redirectUri(c),
    started.verifier,
    { ...options(oidc), additionalParameters: oidc.parameters },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: started.nonce,
    requireIdToken: true,
  });
  const { access_token: token, expires_in = DEFAULT_LIFETIME } = tokens;
  // The API takes the access token, so what it says of the user is what counts.
  const identity = await identify(c.get("deployment").shared, token);
  if (identity === undefined) return undefined;
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const name = claims?.name ?? claims?.preferred_username ?? claims?.email;
  return {
    token,
    userId: identity.user_id,
    user: typeof name === "string" ? name : identity.user_id,
    project: { id: identity.project_id, name: identity.project_id },
    canSwitch: false,
    expiresAt: Date.now() + Math.min(expires_in, MAX_LIFETIME) * 1000,
  };
}

/** Returns the page's address, relative to those of the sign-in. */
const page = (query: Readonly<Record<string, string>>): string => {
  const search = new URLSearchParams(query).toString();
  return `../handoff${search === "" ? "" : `?${search}`}`;
};

/**
 * Sends the user back to the page, which says what went wrong.
 *
 * @param reason a word that the page knows (`page/sign_in_errors.ts`)
 */
function failed(c: Context<AppEnv>, reason: string, popup: boolean, error?: unknown): Response {
  // Not the cause: it can contain the parameters of the redirect.
  if (error instanceof Error)
    logEvent("sign-in failed", { reason, error: `${error.name}: ${error.message}` });
  return c.redirect(page({ "sign-in": reason, ...(popup && { "signed-in": "" }) }), 303);
}
