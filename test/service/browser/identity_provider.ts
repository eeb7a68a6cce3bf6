import Provider from "oidc-provider";
import type { Page } from "playwright-core";
import { freePort } from "../../support/free_port.ts";
import { type HttpServer, startHttpServer } from "../../support/http_server.ts";

/** The audience of the access tokens. */
const AUDIENCE = "https://transfers.example";
const CLIENT_ID = "handoff";

/** An OpenID provider on the loopback interface. */
export interface IdentityProvider extends HttpServer {
  /** Configures the client. */
  addClient(redirectUris: readonly string[]): void;
}

/** Projects of the users. */
const PROJECTS: Readonly<Record<string, string>> = { alice: "alpha", bob: "beta" };

/**
 * Starts a provider. It signs in everybody who types a name. The access tokens are JWTs with the project and the roles
 * of the user.
 */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const port = await freePort();
  let handle: ReturnType<Provider["callback"]> | undefined;
  const server = await startHttpServer((request, response) => handle?.(request, response), port);
  return {
    ...server,
    addClient(redirectUris) {
      handle = createProvider(server.url, redirectUris).callback();
    },
  };
}

const createProvider = (issuer: string, redirectUris: readonly string[]): Provider =>
  new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: "none",
        redirect_uris: [...redirectUris],
        grant_types: ["authorization_code"],
      },
    ],
    pkce: { required: () => true },
    cookies: { keys: [crypto.randomUUID()] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, name: `${sub}'s name` }) }),
    claims: { openid: ["sub"], profile: ["name"] },
    conformIdTokenClaims: false,
    extraTokenClaims: (_context, token) => {
      const sub = "accountId" in token ? String(token.accountId) : "";
      const project_id = PROJECTS[sub];
      return { ...(project_id !== undefined && { project_id }), roles: ["member"] };
    },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    features: {
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: "",
          audience: AUDIENCE,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
        }),
      },
    },
  });

/** Returns the variables of a service whose users sign in at an identity provider. */
export const oidcVariables = ({ url }: Pick<IdentityProvider, "url">) => ({
  AUTH_STRATEGY: "jwt",
  JWT_ISSUER: url,
  JWT_AUDIENCE: AUDIENCE,
  JWKS_URL: `${url}/jwks`,
  OIDC_CLIENT_ID: CLIENT_ID,
  OIDC_SCOPE: "openid profile",
  OIDC_PARAMETERS: `resource=${encodeURIComponent(AUDIENCE)}`,
});

/** Fills in the forms of the provider, as a user. */
export async function authenticate(page: Page, name: string): Promise<void> {
  await page.locator('input[name="login"]').fill(name);
  await page.locator('input[name="password"]').fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}
