import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const [ALPHA, BETA] = ["a".repeat(32), "b".repeat(32)];

let keystone: FakeKeystone;
let running: ServiceOnBoth;
beforeAll(async () => {
  keystone = await FakeKeystone.start();
  running = await startOnBoth({ ...NO_QUOTA, AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url });
});
afterAll(async () => {
  await running?.stop();
  await keystone?.stop();
});
beforeEach(() => keystone.behave("respond"));
afterEach(() => {
  keystone.onRevoke = undefined;
  keystone.expiresAt = undefined;
  keystone.passwordMs = 0;
});

/** A browser: sends requests as the page does, and keeps the cookie. */
class Browser {
  readonly url: string;
  cookie = "";
  /** The user and the project that the page shows. */
  caller: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  async send(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      redirect: "manual",
      headers: {
        "X-Handoff": "1",
        "Sec-Fetch-Site": "same-origin",
        Cookie: this.cookie,
        ...(this.caller !== undefined && { "X-Handoff-Caller": this.caller }),
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const set = response.headers.get("Set-Cookie");
    if (set !== null) this.cookie = set.split(";")[0] ?? "";
    return response;
  }

  signIn = (user: string, password = user) =>
    this.send("POST", "handoff/session", { user, domain: "Default", password });

  /** Signs in, and chooses a project. */
  async enter(user: string, project: string): Promise<void> {
    const response = await this.signIn(user);
    expect(response.status).toBe(200);
    await this.#show(response);
    expect((await this.use(project)).status).toBe(200);
  }

  /** Changes to a project, which the page then shows. */
  async use(project: string): Promise<Response> {
    const response = await this.send("PUT", "handoff/session", { project });
    await this.#show(response);
    return response;
  }

  async #show(response: Response): Promise<void> {
    this.caller = (await response.clone().json<{ caller?: string }>()).caller;
  }

  list = async (): Promise<number> => (await this.send("GET", "v3/volumes")).status;
}

const messageOf = async (response: Response): Promise<string> => {
  const [fault] = Object.values(await response.json<Record<string, { message: string }>>());
  return fault?.message ?? "";
};

describe.each(["D1", "libSQL"] as const)("the session of the page, with Keystone, on %s", (database) => {
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(running[database].url);
  });
  /** Returns a browser with a copy of the cookie. */
  const copyOf = ({ cookie, url }: Browser): Browser => Object.assign(new Browser(url), { cookie });

  it("ends with all of its tokens, that of the sign-in and those of its projects", async () => {
    const before = keystone.tokens;
    await browser.enter("alice", ALPHA);
    await browser.use(BETA);
    expect(await browser.list()).toBe(200);
    expect((await browser.send("DELETE", "handoff/session")).status).toBe(200);
    expect(keystone.tokens).toEqual(before);
  });

  it("is worth nothing to whoever has a copy of its cookie after the sign-out", async () => {
    await browser.enter("alice", ALPHA);
    const copy = copyOf(browser);
    expect(await copy.list()).toBe(200);
    // A request between the revocation and its effect must not keep the token alive.
    const seen: number[] = [];
    keystone.onRevoke = async () => seen.push(await copy.list());
    await browser.send("DELETE", "handoff/session");
    expect(seen[0]).toBe(200);
    expect(await copy.list()).toBe(401);
    expect(await browser.list()).toBe(401);
  });

  it("says so if Keystone could not end its token, and ends in the browser all the same", async () => {
    await browser.enter("alice", ALPHA);
    keystone.answer("DELETE", 403);
    const response = await browser.send("DELETE", "handoff/session");
    expect(response.status).toBe(503);
    expect(await messageOf(response)).toMatch(
      /^You are signed out of this browser, but Keystone could not end your token: a copy of it stays valid until 2\d{3}-/,
    );
    expect(browser.cookie).toMatch(/=$/);
  });

  it.each(["tomorrow", "", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00.000000Z"])(
    "does not begin with a token that expires at %j",
    async (expiresAt) => {
      keystone.expiresAt = expiresAt;
      expect((await browser.signIn("alice")).status).toBe(503);
      const headers = { "X-Auth-Token": keystone.issue({ project: ALPHA }) };
      expect((await fetch(`${browser.url}/v3/volumes`, { headers })).status).toBe(503);
    },
  );

  it("may be longer than a cookie lasts", async () => {
    keystone.expiresAt = "9999-12-31T23:59:59.999999Z";
    expect((await browser.signIn("alice")).status).toBe(200);
  });

  it("says that Keystone limits its requests, and not that the password is wrong", async () => {
    keystone.answer("POST", 429, { "Retry-After": "17" });
    const response = await browser.signIn("alice");
    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).toBe("17");
    expect(await messageOf(response)).toContain("Keystone limits its requests");
  });

  it("is not used for another user or project than the page shows", async () => {
    await browser.enter("alice", ALPHA);
    const otherTab = copyOf(browser);
    await otherTab.use(BETA);
    browser.cookie = otherTab.cookie;
    for (const [method, path, body] of [
      ["GET", "v3/volumes"],
      ["POST", "v3/volumes", { volume: { size: 1 } }],
      ["PUT", "handoff/session", { project: ALPHA }],
      ["GET", "handoff/projects"],
      ["DELETE", "handoff/session"],
    ] as const) {
      const response = await browser.send(method, path, body);
      expect(response.status, `${method} ${path}`).toBe(403);
      expect(await messageOf(response)).toContain(`in another tab you are alice in project ${BETA} now`);
    }
    expect(await otherTab.list()).toBe(200);
    const { volumes } = await (await otherTab.send("GET", "v3/volumes")).json<{ volumes: unknown[] }>();
    expect(volumes).toEqual([]);

    await otherTab.enter("bob", ALPHA);
    browser.cookie = otherTab.cookie;
    expect(await browser.list()).toBe(403);
  });

  it("begins for 32 people at once; more are refused, and those who are signed in do not notice", async () => {
    keystone.peak = 0;
    keystone.passwordMs = 4000;
    const headers = { "X-Auth-Token": keystone.issue({ project: ALPHA }) };
    const list = async () => (await fetch(`${browser.url}/v3/volumes`, { headers })).status;
    expect(await list()).toBe(200);
    await browser.enter("alice", ALPHA);
    const others = Array.from({ length: 100 }, () => new Browser(browser.url).signIn("eve", "wrong"));
    const statuses = Promise.all(others.map(async (one) => (await one).status));
    await vi.waitFor(() => expect(keystone.peak).toBe(32), { timeout: 30_000 });
    expect(await list()).toBe(200);
    expect((await browser.use(BETA)).status).toBe(200);
    // One that Keystone has refused makes room for another.
    expect((await statuses).filter((status) => status === 503).length).toBeGreaterThan(50);
    expect(keystone.peak).toBeLessThanOrEqual(34);
  });
});

describe.each(["D1", "libSQL"] as const)("a token, with Keystone, on %s", (database) => {
  const list = async () =>
    fetch(`${running[database].url}/v3/volumes`, {
      headers: { "X-Auth-Token": keystone.issue({ project: ALPHA }) },
    });

  it("is invalid if Keystone forbids to validate it", async () => {
    keystone.answer("GET", 403);
    expect((await list()).status).toBe(401);
  });

  it("gets a 429 with Keystone's Retry-After while Keystone limits its requests", async () => {
    keystone.answer("GET", 429, { "Retry-After": "9" });
    const response = await list();
    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).toBe("9");
  });

  it.each([400, 302, 418])("gets a 503 if Keystone answers %s, which means nothing", async (status) => {
    keystone.answer("GET", status);
    expect((await list()).status).toBe(503);
  });
});
