import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { type Caller, checkAuthorization } from "./authorization.ts";
import { ROLES } from "./operation.ts";
import { OPERATIONS_BY_TITLE } from "./operations.ts";

const [ALPHA, BETA] = ["a".repeat(32), "b".repeat(32)];
/** A limit that only a service in error reaches. */
const WAIT = { timeout: 30_000, interval: 100 };

let keystone: FakeKeystone;
let running: ServiceOnBoth;
beforeAll(async () => {
  keystone = await FakeKeystone.start();
  running = await startOnBoth({
    ...NO_QUOTA,
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: `${keystone.url}/v3`,
  });
});
afterAll(async () => {
  await running?.stop();
  await keystone?.stop();
});
beforeEach(() => {
  keystone.behave("respond");
  keystone.requests = 0;
});

describe.each(DATABASES)("AUTH_STRATEGY=keystone, on %s", (database) => {
  const client = (token: string, project = ALPHA) =>
    new Client(running[database].url, { token, project, tolerant: true });
  const listTransfers = (token: string, project?: string) => client(token, project).get("volume-transfers");

  it("takes the user, the project and the roles of the token from Keystone", async () => {
    const token = keystone.issue({ project: ALPHA, user: "rita", roles: ["member"] });
    const { status, body } = await client(token).send("POST", "volumes", { volume: { size: 1 } });
    expect(status).toBe(202);
    expect(body.volume.user_id).toBe("rita");
    expect((await listTransfers(token, BETA)).status).toBe(400);
    const reader = client(keystone.issue({ project: ALPHA, roles: ["reader"] }));
    expect((await reader.get("volume-transfers")).status).toBe(200);
    expect((await reader.send("POST", "volumes", { volume: { size: 1 } })).status).toBe(403);
  });

  it.each([
    ["missing", () => ""],
    ["unknown", () => "gAAAAABnobody"],
    ["expired", () => keystone.issue({ project: ALPHA, expiresAt: Date.now() - 1 })],
    ["unscoped", () => keystone.issue({})],
  ])("returns Keystone's 401 for a token that is %s", async (_what, token) => {
    const { status, headers, body } = await listTransfers(token());
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe(`Keystone uri="${keystone.url}/v3"`);
    expect(body).toEqual({
      error: {
        code: 401,
        title: "Unauthorized",
        message: "The request you have made requires authentication.",
      },
    });
  });

  it("validates the token of many concurrent requests once, and keeps the result", async () => {
    const token = keystone.issue({ project: ALPHA });
    const responses = await Promise.all(Array.from({ length: 30 }, () => listTransfers(token)));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect((await listTransfers(token)).status).toBe(200);
    expect(keystone.requests).toBe(1);
  });

  it("keeps a rejection for a few seconds", async () => {
    const token = `unknown-${database}`;
    expect((await listTransfers(token)).status).toBe(401);
    expect((await listTransfers(token)).status).toBe(401);
    expect(keystone.requests).toBe(1);
  });

  it("returns 401 as soon as a token has expired, although its validation is kept", async () => {
    // On a slow machine the token may expire before the first request: it gets more time.
    let token = "";
    let accepted = false;
    for (let lifetime = 500; !accepted; lifetime *= 2) {
      token = keystone.issue({ project: ALPHA, expiresAt: Date.now() + lifetime });
      accepted = (await listTransfers(token)).status === 200;
    }
    await vi.waitFor(async () => expect((await listTransfers(token)).status).toBe(401), WAIT);
  });

  describe("while Keystone is not available", () => {
    it.each([
      ["responds 500", () => keystone.behave("error")],
      ["does not respond", () => keystone.behave("hang")],
      ["does not run", () => keystone.stop()],
    ])(
      "returns 503 for a new token, and serves those that are validated: Keystone %s",
      async (_what, fail) => {
        const validated = keystone.issue({ project: ALPHA });
        const fresh = keystone.issue({ project: ALPHA });
        expect((await listTransfers(validated)).status).toBe(200);
        await fail();
        const { status, headers, body } = await listTransfers(fresh);
        expect(status).toBe(503);
        expect(headers.get("Retry-After")).toBe("2");
        expect(body).toMatchObject({ serviceUnavailable: { code: 503 } });
        expect((await listTransfers(validated)).status).toBe(200);

        keystone.behave("respond");
        await keystone.stop();
        await keystone.start();
        expect((await listTransfers(fresh)).status).toBe(200);
      },
    );
  });
});

// The rules, and the conditions that keep projects apart, are the same on both databases.
describe("the policy", () => {
  const member = (project: string): Caller => ({
    role: "member",
    project,
    token: keystone.issue({ project }),
  });
  it.each(OPERATIONS_BY_TITLE)("requires the role %s to %s", async (_role, _name, operation) => {
    const callers = ROLES.map((role, i) => {
      const token = keystone.issue({ project: ALPHA, roles: ROLES.slice(0, i + 1) });
      return { role, project: ALPHA, token };
    });
    const owners = [ALPHA, BETA].map(member);
    await checkAuthorization(running.libSQL.url, operation, callers, owners);
  });
});
