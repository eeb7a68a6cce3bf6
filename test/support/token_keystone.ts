import { json } from "node:stream/consumers";
import { type HttpServer, startHttpServer } from "./http_server.ts";
import { member, textOf } from "./member.ts";

const HOUR_MS = 3_600_000;
/** The secret of the application credential whose id is its token. */
export const CREDENTIAL_SECRET = "the secret of every application credential";

/**
 * Starts a Keystone whose tokens say who has them: `user:project:role,role`, as of AUTH_STRATEGY=noauth and of the Cinder
 * of `test/interoperability/cinder`. So a service that asks it and one that asks nobody understand the same token.
 */
export const startTokenKeystone = (): Promise<HttpServer> =>
  startHttpServer(async (request, response) => {
    response.setHeader("Content-Type", "application/json");
    if (request.method === "POST") {
      const { id, secret } = credentialOf(await json(request));
      response.setHeader("X-Subject-Token", id);
      response.writeHead(secret === CREDENTIAL_SECRET ? 201 : 401).end(describe(id));
      return;
    }
    const [user = "", project = ""] = String(request.headers["x-subject-token"]).split(":");
    response.writeHead(user && project ? 200 : 404).end(describe(String(request.headers["x-subject-token"])));
  });

function credentialOf(body: unknown): { readonly id: string; readonly secret: string } {
  const credential = member(member(member(body, "auth"), "identity"), "application_credential");
  return { id: textOf(credential, "id"), secret: textOf(credential, "secret") };
}

/** Returns a token as the Identity API shows it. */
function describe(token: string): string {
  const [user = "", project = "", roles = "member,reader"] = token.split(":");
  return JSON.stringify({
    token: {
      methods: ["password"],
      user: { id: user, name: user },
      project: { id: project, name: project },
      roles: roles.split(",").map((name) => ({ name })),
      expires_at: new Date(Date.now() + HOUR_MS).toISOString(),
    },
  });
}
