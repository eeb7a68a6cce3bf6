import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { perConfig } from "../config/config.ts";
import { type AppEnv, ifSet } from "../http/context.ts";
import { eventStreams } from "../http/event_streams.ts";
import { badRequest, Fault, resourceNotFound } from "../http/faults.ts";
import { Leases } from "../http/leases.ts";
import { setPageHeaders } from "../http/page_headers.ts";
import { listRegions, requireRegion } from "../http/region.ts";
import { readBody } from "../http/request_body.ts";
import { createRouter } from "../http/router.ts";
import { VERSION } from "../http/version.ts";
import { finishSignIn, startSignIn } from "./oidc.ts";
import { sameOrigin } from "./same_origin.ts";
import { assertCaller, callerOf, endSession, readSession, type Session, saveSession } from "./session.ts";
import { projectsOf, signIn, signIns, signOut, switchProject } from "./sign_in.ts";

/** Nothing is loaded from elsewhere, no script or style is inline, and no text becomes HTML or script. */
const POLICY = [
  "script-src 'self'",
  "style-src 'self'",
  // The icons of Pico CSS are in its style sheet.
  "img-src 'self' data:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** Serves nothing with HANDOFF_PAGE=off, and sets the headers that keep the page safe. */
const page = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("deployment").shared.handoff === undefined) throw resourceNotFound();
  setPageHeaders(c, POLICY);
  await next();
});

/** The types of the page's files, by their extension. A name contains the file's hash. */
const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=UTF-8",
  js: "text/javascript; charset=UTF-8",
};

/** The files that were compressed, by name: the build decides how many there are. */
const compressedFiles = perConfig((_: Fetcher) => new Map<string, ArrayBuffer>());

/** @throws Fault 404 if the build has made no such file (`src/cli/assets/page.ts`) */
async function readFile(assets: Fetcher, name: string): Promise<ReadableStream> {
  const found = await assets.fetch(`https://assets/handoff/${name}`);
  if (!found.ok || found.body === null) throw resourceNotFound();
  return found.body;
}

/** Returns a file, which is compressed once. */
async function compressedFile(assets: Fetcher, name: string): Promise<ArrayBuffer> {
  const files = compressedFiles(assets);
  const kept = files.get(name);
  if (kept !== undefined) return kept;
  const compressed = (await readFile(assets, name)).pipeThrough(new CompressionStream("gzip"));
  const content = await new Response(compressed).arrayBuffer();
  files.set(name, content);
  return content;
}

/** Serves a file of the page. */
async function asset(c: Context<AppEnv>, name: string, type: string): Promise<Response> {
  const { assets } = c.get("deployment").shared;
  if (assets === undefined) throw resourceNotFound();
  c.header("Vary", "Accept-Encoding", { append: true });
  // Cloudflare would compress the body without being asked; Node and workerd do not.
  const gzip = /\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "");
  if (!gzip) return c.body(await readFile(assets, name), 200, { "Content-Type": type });
  const content = await compressedFile(assets, name);
  const { headers } = c.body(null, 200, { "Content-Type": type, "Content-Encoding": "gzip" });
  // workerd would compress it again.
  return new Response(content, { headers, encodeBody: "manual" });
}

/** The requests of sessions to Keystone, in total and of one user: sign-ins without an account do not stop them. */
const sessionCalls = new Leases({
  total: 64,
  perKey: 8,
  leaseMs: 30_000,
  refusal: "Too many people use Keystone at this moment. Try again.",
});

async function requireSession(c: Context<AppEnv>): Promise<Session> {
  const session = await readSession(c);
  if (session === undefined) throw new Fault(401, "Your session has ended. Sign in again.");
  assertCaller(c, session);
  return session;
}

/**
 * Returns the regions of the deployment with the address of each one's page. It is relative where the path names the
 * region: a proxy can serve the service below a path.
 */
function regionsOf(c: Context<AppEnv>): { readonly id: string; readonly href: string }[] {
  const { root, prefix } = c.get("address");
  return listRegions(c).map(({ region, url }) => {
    const path = url.startsWith(`${root}/`) ? url.slice(root.length + 1) : undefined;
    const base = path === undefined ? url : `${prefix === "" ? "" : "../"}${path}`;
    return { id: region, href: `${base}/handoff` };
  });
}

/** Ends the streams of a session in all regions: the session is that of all of them. */
function endStreams(c: Context<AppEnv>, { token }: Session): void {
  for (const config of c.get("deployment").regions) eventStreams(config).endSession(token);
}

/** The deployment and the session as scripts may see them: all but the token. */
const view = (c: Context<AppEnv>, session: Session | undefined) => {
  const { identity, handoff } = c.get("deployment").shared;
  const config = ifSet(c, "config");
  const regions = regionsOf(c);
  return {
    strategy: identity.strategy,
    brand: handoff?.brand,
    can_sign_in: identity.strategy !== "jwt" || handoff?.oidc !== undefined,
    ...(regions.length > 0 && { region: config?.region, regions }),
    session: session && {
      user: session.user,
      project: session.project,
      can_switch: session.canSwitch,
      expires_at: new Date(session.expiresAt).toISOString(),
    },
    ...(session && { caller: callerOf(session), version: VERSION }),
  };
};

/**
 * The page for people at `/handoff`, and its sign-in. The page's other requests are those of the API. Without a region,
 * where the path names it, the page offers the choice; everything that asks others is of a region, which bounds it.
 */
export const handoff = createRouter()
  .use("/handoff", page)
  .use("/handoff/*", page)
  .get("/handoff", (c) => asset(c, "page", "text/html; charset=UTF-8"))
  // Relative, as all addresses of the page: a proxy can serve the service below a path.
  .get("/handoff/", (c) => c.redirect("../handoff", 308))
  .get("/handoff/sign-in", requireRegion, startSignIn)
  .get("/handoff/callback", finishSignIn)

  .get("/handoff/session", async (c) => c.json(view(c, await readSession(c))))
  .post("/handoff/session", requireRegion, sameOrigin, async (c) => {
    const form = await readBody(c);
    const session = await signIns.run("", () => signIn(c.get("deployment").shared, form));
    await saveSession(c, session);
    return c.json(view(c, session));
  })
  .put("/handoff/session", requireRegion, sameOrigin, async (c) => {
    const body = await readBody(c);
    const project = typeof body === "object" && body !== null && "project" in body ? body.project : undefined;
    if (typeof project !== "string") throw badRequest("project must be the id of a project.");
    const session = await requireSession(c);
    const next = await sessionCalls.run(session.userId, () =>
      switchProject(c.get("deployment").shared, session, project),
    );
    await saveSession(c, next);
    endStreams(c, session);
    return c.json(view(c, next));
  })
  .delete("/handoff/session", requireRegion, sameOrigin, async (c) => {
    const session = await readSession(c);
    if (session !== undefined) {
      assertCaller(c, session);
      await sessionCalls.run(session.userId, () => {
        // Whatever the identity service answers.
        endSession(c);
        endStreams(c, session);
        return signOut(c.get("deployment").shared, session);
      });
    }
    return c.json(view(c, undefined));
  })
  .get("/handoff/projects", requireRegion, async (c) => {
    const session = await requireSession(c);
    const projects = await sessionCalls.run(session.userId, () =>
      projectsOf(c.get("deployment").shared, session),
    );
    return c.json({ projects: projects ?? null });
  })

  .get("/handoff/:file", async (c) => {
    const name = c.req.param("file");
    const type = TYPES[/^[a-z]+-[A-Z0-9]{8}\.(js|css)$/.exec(name)?.[1] ?? ""];
    if (type === undefined) throw resourceNotFound();
    const response = await asset(c, name, type);
    response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
    return response;
  });
