import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { makeSealer } from "../../../src/http/seal.ts";
import { request } from "./service.ts";

const { seal, unseal } = makeSealer("cookies of /handoff");

const HOME = "https://transfers.example";
const PAGE = { "X-Handoff": "1", "Sec-Fetch-Site": "same-origin", Origin: HOME };

/** Sends a request of the page. */
const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: object) =>
  request(HOME + path, {
    method,
    headers: { ...headers, ...(body && { "Content-Type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
const signIn = (headers: Readonly<Record<string, string>> = PAGE) =>
  send("POST", "/handoff/session", headers, { user: "alice", project: "alpha" });

/** Signs in, and returns the header with which the browser sends the cookie. */
async function cookie(): Promise<string> {
  return (await signIn()).headers.get("Set-Cookie")?.split(";")[0] ?? "";
}

describe("the session of the page", () => {
  it("is a cookie that no script reads and no other site gets", async () => {
    const response = await signIn();
    expect(response.status).toBe(200);
    const [value = "", ...attributes] = response.headers.get("Set-Cookie")?.split("; ") ?? [];
    expect(value).toMatch(/^__Host-handoff=[\w-]+$/);
    expect(attributes.toSorted()).toEqual([
      "HttpOnly",
      expect.stringMatching(/^Max-Age=28(800|79\d)$/),
      "Path=/",
      "SameSite=Strict",
      "Secure",
    ]);
    expect(value).not.toContain("alice");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(JSON.stringify(await response.json())).not.toContain("alice:alpha");
  });

  it.each([
    ["http://127.0.0.1:8776", "handoff", false],
    ["http://localhost", "handoff", false],
    ["http://[::1]:8776", "handoff", false],
    ["http://192.0.2.1", "__Host-handoff", true],
    ["http://localhost.example", "__Host-handoff", true],
    ["https://localhost", "__Host-handoff", true],
  ])("is Secure but over plain HTTP on the machine itself: %s", async (home, name, secure) => {
    const response = await request(`${home}/handoff/session`, {
      method: "POST",
      headers: { "X-Handoff": "1", "Content-Type": "application/json" },
      body: JSON.stringify({ user: "alice", project: "alpha" }),
    });
    const header = response.headers.get("Set-Cookie") ?? "";
    expect(header.split("=")[0]).toBe(name);
    expect(header.includes("; Secure")).toBe(secure);
  });

  it("gives requests of the page to the API its user and project", async () => {
    const response = await send("GET", "/v3/alpha/volumes", { ...PAGE, Cookie: await cookie() });
    expect(response.status).toBe(200);
    expect((await send("GET", "/v3/beta/volumes", { ...PAGE, Cookie: await cookie() })).status).toBe(400);
  });

  it("gives nothing to a request that the page has not sent", async () => {
    const Cookie = await cookie();
    expect((await send("GET", "/v3/alpha/volumes", { Cookie })).status).toBe(401);
    expect((await send("POST", "/v3/alpha/volumes", { Cookie }, { volume: { size: 1 } })).status).toBe(401);
  });

  it.each([
    ["another site, by Sec-Fetch-Site", { "X-Handoff": "1", "Sec-Fetch-Site": "cross-site" }],
    ["another host of the site", { "X-Handoff": "1", "Sec-Fetch-Site": "same-site" }],
    ["another site, by Origin", { "X-Handoff": "1", Origin: "https://evil.example" }],
    ["a page without an origin", { "X-Handoff": "1", Origin: "null" }],
    ["a form, which has no such header", { Origin: HOME }],
  ])("is not changed by a request of %s", async (_what, headers) => {
    const Cookie = await cookie();
    const all = { ...headers, Cookie };
    const statuses = [
      await signIn(all),
      await send("PUT", "/handoff/session", all, { project: "beta" }),
      await send("DELETE", "/handoff/session", all),
      await send("POST", "/v3/alpha/volumes", all, { volume: { size: 1 } }),
    ].map((response) => [response.status, response.headers.get("Set-Cookie")]);
    const refusal = "X-Handoff" in headers ? 403 : 401;
    expect(statuses).toEqual([
      [403, null],
      [403, null],
      [403, null],
      [refusal, null],
    ]);
  });

  it("changes its project without a new sign-in", async () => {
    const response = await send(
      "PUT",
      "/handoff/session",
      { ...PAGE, Cookie: await cookie() },
      { project: "beta" },
    );
    expect(await response.json()).toMatchObject({ session: { user: "alice", project: { id: "beta" } } });
    const Cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    expect((await send("GET", "/v3/beta/volumes", { ...PAGE, Cookie })).status).toBe(200);
  });

  it("ends with the sign-out", async () => {
    const response = await send("DELETE", "/handoff/session", { ...PAGE, Cookie: await cookie() });
    expect(response.headers.get("Set-Cookie")).toMatch(/^__Host-handoff=; Max-Age=0;.* HttpOnly; Secure/);
    expect(await response.json()).not.toHaveProperty("session");
  });

  it("is none if the cookie was changed, or is that of another purpose", async () => {
    const Cookie = await cookie();
    // Not the last digit, some bits of which mean nothing.
    const forged = Cookie.replace(/=./, (first) => (first === "=A" ? "=B" : "=A"));
    const other = await seal("volume-transfers: noauth keeps nothing", "handoff-sign-in", {
      token: "alice:alpha",
      user: "alice",
      project: null,
      canSwitch: true,
      expiresAt: Date.now() + 60_000,
    });
    for (const value of [forged, `__Host-handoff=${other}`, "__Host-handoff=x", "__Host-handoff="]) {
      expect((await send("GET", "/v3/alpha/volumes", { ...PAGE, Cookie: value })).status, value).toBe(401);
      expect(await (await send("GET", "/handoff/session", { Cookie: value })).json()).toEqual({
        strategy: "noauth",
        can_sign_in: true,
        brand: {},
      });
    }
  });

  it("is none after its token has expired", async () => {
    const sealed = await seal("volume-transfers: noauth keeps nothing", "handoff", {
      token: "alice:alpha",
      user: "alice",
      project: { id: "alpha", name: "alpha" },
      canSwitch: true,
      expiresAt: Date.now() - 1,
    });
    const headers = { ...PAGE, Cookie: `__Host-handoff=${sealed}` };
    expect((await send("GET", "/v3/alpha/volumes", headers)).status).toBe(401);
  });

  it("does not repeat what the user has typed", async () => {
    const secret = "a-secret-password";
    for (const body of [{ user: "alice", domain: "Default", password: secret }, { password: secret }, {}]) {
      const response = await send("POST", "/handoff/session", PAGE, body);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(secret);
    }
  });
});

describe("a file of the page", () => {
  it("is compressed once, and only for those who accept that", async () => {
    const HTML = "<p>page</p>".repeat(1000);
    let fetches = 0;
    const fetch = async () => {
      fetches++;
      return new Response(HTML);
    };
    const bindings = { ...env, ASSETS: { fetch } };
    const get = (encodings: string) =>
      request(`${HOME}/handoff`, { headers: { "Accept-Encoding": encodings } }, bindings);
    for (let i = 0; i < 3; i++) {
      const response = await get("br, gzip");
      expect(response.headers.get("Content-Encoding")).toBe("gzip");
      const text = response.body?.pipeThrough(new DecompressionStream("gzip"));
      expect(await new Response(text).text()).toBe(HTML);
    }
    expect(fetches).toBe(1);
    const plain = await get("identity");
    expect(plain.headers.get("Content-Encoding")).toBeNull();
    expect(await plain.text()).toBe(HTML);
  });
});

describe("HANDOFF_PAGE=off", () => {
  it.each([
    ["GET", "/handoff"],
    ["GET", "/handoff/session"],
    ["POST", "/handoff/session"],
    ["GET", "/handoff/sign-in"],
  ])("takes away %s %s", async (method, path) => {
    const response = await request(
      HOME + path,
      { method, headers: PAGE },
      { ...env, AUTH_STRATEGY: "noauth", HANDOFF_PAGE: "off" },
    );
    expect(response.status).toBe(404);
  });

  it("makes the cookie worthless", async () => {
    const headers = { ...PAGE, Cookie: await cookie() };
    const off = { ...env, AUTH_STRATEGY: "noauth", HANDOFF_PAGE: "off" };
    expect((await request(`${HOME}/v3/alpha/volumes`, { headers }, off)).status).toBe(401);
  });
});

describe("the page of several regions", () => {
  const REGIONS = {
    AUTH_STRATEGY: "noauth",
    REGIONS: "eu us",
    LIBSQL_URL_EU: "http://eu.example",
    LIBSQL_URL_US: "http://us.example",
    REGION_HOSTS: "us.transfers.example=us",
  };
  const at = (url: string, init: RequestInit = {}, bindings: Readonly<Record<string, unknown>> = REGIONS) =>
    request(url, init, bindings);
  const signInAt = (url: string, bindings?: Readonly<Record<string, unknown>>) =>
    at(
      `${url}/handoff/session`,
      {
        method: "POST",
        headers: { ...PAGE, Origin: new URL(url).origin, "Content-Type": "application/json" },
        body: JSON.stringify({ user: "alice", project: "alpha" }),
      },
      bindings,
    );

  it.each([
    [HOME, undefined, "eu/handoff", "https://us.transfers.example/handoff"],
    [`${HOME}/eu`, "eu", "../eu/handoff", "https://us.transfers.example/handoff"],
    [
      "https://us.transfers.example",
      "us",
      "https://transfers.example/eu/handoff",
      "https://us.transfers.example/handoff",
    ],
  ])("knows at %s its region, and the addresses of all", async (url, region, eu, us) => {
    const bindings = { ...REGIONS, PUBLIC_ENDPOINT: HOME };
    const response = await at(`${url}/handoff/session`, {}, bindings);
    expect(await response.json()).toEqual({
      strategy: "noauth",
      can_sign_in: true,
      brand: {},
      ...(region !== undefined && { region }),
      regions: [
        { id: "eu", href: eu },
        { id: "us", href: us },
      ],
    });
  });

  it("has a session that is valid in all regions, also if they have secrets of their own", async () => {
    const bindings = {
      ...REGIONS,
      AUTH_KEY_SECRET_EU: "the secret of the region eu: 32 characters",
      AUTH_KEY_SECRET_US: "the secret of the region us: 32 characters",
    };
    const response = await signInAt(`${HOME}/us`, bindings);
    expect(response.status).toBe(200);
    const Cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const session = await at(`${HOME}/eu/handoff/session`, { headers: { Cookie } }, bindings);
    expect(await session.json()).toMatchObject({ region: "eu", session: { user: "alice" } });
  });

  it.each([
    ["POST", "/handoff/session"],
    ["PUT", "/handoff/session"],
    ["DELETE", "/handoff/session"],
    ["GET", "/handoff/projects"],
    ["GET", "/handoff/sign-in"],
    ["GET", "/asia/handoff"],
  ])("asks for the region first: %s %s is a 404", async (method, path) => {
    expect((await at(HOME + path, { method, headers: PAGE })).status).toBe(404);
  });
});

describe("a sealed value", () => {
  it("is read with the same secret, use and purpose only", async () => {
    const sealed = await seal("secret", "purpose", { a: "ü" });
    expect(await unseal("secret", "purpose", sealed)).toEqual({ a: "ü" });
    expect(await unseal("other", "purpose", sealed)).toBeUndefined();
    expect(await unseal("secret", "other", sealed)).toBeUndefined();
    expect(await makeSealer("another use").unseal("secret", "purpose", sealed)).toBeUndefined();
    expect(await seal("secret", "purpose", { a: "ü" })).not.toBe(sealed);
  });
});
