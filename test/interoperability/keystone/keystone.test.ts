import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Caller, checkAuthorization } from "../../service/identity/authorization.ts";
import { OPERATIONS_BY_TITLE } from "../../service/identity/operations.ts";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { type Keystone, startKeystone, USERS, type UserName } from "./keystone.ts";

/** A limit that only a service in error reaches. */
const WAIT = { timeout: 60_000, interval: 250 };

let keystone: Keystone;
let running: ServiceOnBoth;
beforeAll(async () => {
  keystone = await startKeystone({ blockStorageUrl: "http://127.0.0.1:8776" });
  running = await startOnBoth({ ...NO_QUOTA, AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url });
});
afterAll(async () => {
  await running?.stop();
  await keystone?.close();
});

describe.each(DATABASES)("AUTH_STRATEGY=keystone with a real Keystone, on %s", (database) => {
  const alpha = () => keystone.projects.alpha;
  const listTransfers = (token: string, project = alpha()) =>
    new Client(running[database].url, { token, project, tolerant: true }).get("volume-transfers");

  it("accepts a token for the project that it is scoped to, and for no other", async () => {
    const token = await keystone.token("alice");
    expect((await listTransfers(token)).status).toBe(200);
    expect((await listTransfers(token, keystone.projects.beta)).status).toBe(400);
  });

  it.each([
    ["unscoped", () => keystone.unscopedToken("alice")],
    ["unknown", async () => `gAAAAAB${"x".repeat(160)}`],
  ])("returns 401 for a token that is %s", async (_what, token) => {
    const { status, headers, body } = await listTransfers(await token());
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe(`Keystone uri="${keystone.url}"`);
    expect(body.error).toMatchObject({ code: 401, title: "Unauthorized" });
  });

  it("returns 401 for a token that was revoked before its first request", async () => {
    const token = await keystone.token("alice");
    await keystone.revoke(token);
    expect((await listTransfers(token)).status).toBe(401);
  });

  it("returns 401 as soon as a token has expired, although its validation is kept", async () => {
    // On a slow machine the token may expire before the first request: it gets more time.
    let token = "";
    let accepted = false;
    for (let seconds = 2; !accepted; seconds *= 2) {
      token = await keystone.expiringToken("alice", seconds);
      accepted = (await listTransfers(token)).status === 200;
    }
    await vi.waitFor(async () => expect((await listTransfers(token)).status).toBe(401), WAIT);
  });

  it("returns 503 for a new token while Keystone does not run, and serves those that are validated", async () => {
    const validated = await keystone.token("alice");
    const fresh = await keystone.token("rita");
    expect((await listTransfers(validated)).status).toBe(200);
    await keystone.kill();
    expect((await listTransfers(validated)).status).toBe(200);
    const { status, headers } = await listTransfers(fresh);
    expect(status).toBe(503);
    expect(headers.get("Retry-After")).toBe("2");
    await keystone.start();
    expect((await listTransfers(fresh)).status).toBe(200);
  });

  describe("the policy", () => {
    const callerOf = async (user: UserName): Promise<Caller> => ({
      role: USERS[user].role,
      project: keystone.projects[USERS[user].project],
      token: await keystone.token(user),
    });
    let callers: Caller[] = [];
    let owners: Caller[] = [];
    beforeAll(async () => {
      callers = await Promise.all((["rita", "alice", "admin"] as const).map(callerOf));
      owners = await Promise.all((["alice", "bob"] as const).map(callerOf));
    });
    it.each(OPERATIONS_BY_TITLE)("requires the role %s to %s", (_role, _name, operation) =>
      checkAuthorization(running[database].url, operation, callers, owners),
    );
  });
});
