import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Caller, checkOperation, OPERATION_NAMES, send } from "../identity/roles.ts";
import { type ServiceOnBoth, startOnBoth } from "../support/service.ts";
import { type Keystone, startKeystone, USERS, type UserName } from "./keystone.ts";

let keystone: Keystone;
let running: ServiceOnBoth;
beforeAll(async () => {
  keystone = await startKeystone({ blockStorageUrl: "http://127.0.0.1:8776" });
  running = await startOnBoth({ AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url });
});
afterAll(async () => {
  await running?.stop();
  await keystone?.close();
});

describe.each(["D1", "libSQL"] as const)("a real Keystone, on %s", (database) => {
  const list = (token: string, project: string) =>
    send(running[database].url, { token, project }, "GET", "volume-transfers");
  const alpha = () => keystone.projects.alpha;

  it("lets in whoever has a token of a project, and into that project alone", async () => {
    const token = await keystone.token("alice");
    expect((await list(token, alpha())).status).toBe(200);
    expect((await list(token, keystone.projects.beta)).status).toBe(400);
  });

  it.each([
    ["unscoped", () => keystone.unscopedToken("alice")],
    ["made up", async () => `gAAAAAB${"x".repeat(160)}`],
  ])("refuses a token that is %s", async (_what, token) => {
    const { status, headers, body } = await list(await token(), alpha());
    expect(status).toBe(401);
    expect(headers.get("WWW-Authenticate")).toBe(`Keystone uri="${keystone.url}"`);
    expect(body.error).toMatchObject({ code: 401, title: "Unauthorized" });
  });

  it("refuses a token that was revoked before it came here", async () => {
    const token = await keystone.token("alice");
    await keystone.revoke(token);
    expect((await list(token, alpha())).status).toBe(401);
  });

  it("refuses a token as soon as it expires, though it is remembered", async () => {
    const token = await keystone.expiringToken("alice", 3);
    expect((await list(token, alpha())).status).toBe(200);
    await sleep(4100);
    expect((await list(token, alpha())).status).toBe(401);
  });

  it("killed, Keystone lets nobody new in, and who is remembered goes on; back, it is asked again", async () => {
    const remembered = await keystone.token("alice");
    const fresh = await keystone.token("rita");
    expect((await list(remembered, alpha())).status).toBe(200);
    await keystone.kill();
    expect((await list(remembered, alpha())).status).toBe(200);
    const away = await list(fresh, alpha());
    expect(away.status).toBe(503);
    expect(away.headers.get("Retry-After")).toBe("2");
    await keystone.start();
    expect((await list(fresh, alpha())).status).toBe(200);
  });

  describe("who may do what", () => {
    const caller = async (user: UserName): Promise<Caller> => ({
      role: USERS[user].role,
      project: keystone.projects[USERS[user].project],
      token: await keystone.token(user),
    });
    let callers: Caller[] = [];
    let owners = new Map<string, Caller>();
    beforeAll(async () => {
      callers = await Promise.all((["rita", "alice", "admin"] as const).map(caller));
      const members = await Promise.all((["alice", "bob"] as const).map(caller));
      owners = new Map(members.map((member) => [member.project, member]));
    });
    it.each(OPERATION_NAMES)("%s", (name) => checkOperation(running[database].url, name, callers, owners));
  });
});
