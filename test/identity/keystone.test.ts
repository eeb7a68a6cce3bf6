import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ServiceOnBoth, startOnBoth } from "../support/service.ts";
import { KeystoneStandIn } from "./keystone_stand_in.ts";
import { type Caller, checkOperation, OPERATION_NAMES, send } from "./roles.ts";

const [ALPHA, BETA] = ["a".repeat(32), "b".repeat(32)];

let keystone = new KeystoneStandIn();
let keystoneUrl = "";
let running: ServiceOnBoth;
beforeAll(async () => {
  keystoneUrl = await keystone.start();
  running = await startOnBoth({ AUTH_STRATEGY: "keystone", KEYSTONE_URL: `${keystoneUrl}/v3` });
}, 60_000);
afterAll(async () => {
  await running.stop();
  await keystone.stop();
});
beforeEach(() => {
  keystone.delay = 0;
  keystone.broken = false;
  keystone.asked = 0;
});

const list = (service: string, token: string, project = ALPHA) =>
  send(service, { token, project }, "GET", "volume-transfers");

describe.each(["D1", "libSQL"] as const)("AUTH_STRATEGY=keystone, on %s", (database) => {
  let service = "";
  beforeAll(() => {
    service = running[database].url;
  });

  it("takes user, project and roles from Keystone", async () => {
    const reader = keystone.issue({ project: ALPHA, roles: ["reader"] });
    expect((await list(service, reader)).status).toBe(200);
    expect(
      (await send(service, { token: reader, project: ALPHA }, "POST", "volumes", { volume: { size: 1 } }))
        .status,
    ).toBe(403);
    expect((await list(service, reader, BETA)).status).toBe(400);
  });

  it.each(["missing", "unknown", "expired", "unscoped"])(
    "refuses a token that is %s, in Keystone's words",
    async (what) => {
      const token = {
        missing: "",
        unknown: "gAAAAABnobody",
        expired: keystone.issue({ project: ALPHA, expiresAt: Date.now() - 1 }),
        unscoped: keystone.issue({}),
      }[what];
      const { status, headers, body } = await list(service, token ?? "");
      expect(status).toBe(401);
      expect(headers.get("WWW-Authenticate")).toBe(`Keystone uri="${keystoneUrl}/v3"`);
      expect(body).toEqual({
        error: {
          code: 401,
          title: "Unauthorized",
          message: "The request you have made requires authentication.",
        },
      });
    },
  );

  it("asks Keystone once for a token that many requests come with at once, and not again", async () => {
    const token = keystone.issue({ project: ALPHA });
    keystone.delay = 200;
    const answers = await Promise.all(Array.from({ length: 30 }, () => list(service, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await list(service, token);
    expect(keystone.asked).toBe(1);
  });

  it("remembers a refusal for a few seconds", async () => {
    for (let i = 0; i < 5; i++) expect((await list(service, `bad-${database}`)).status).toBe(401);
    expect(keystone.asked).toBe(1);
  });

  it("never honours a token past its expiry, remembered or not", async () => {
    const token = keystone.issue({ project: ALPHA, expiresAt: Date.now() + 1500 });
    expect((await list(service, token)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect((await list(service, token)).status).toBe(401);
  });

  it("in trouble, slow or away, Keystone lets nobody new in: 503; who is remembered goes on", async () => {
    const remembered = keystone.issue({ project: ALPHA });
    expect((await list(service, remembered)).status).toBe(200);
    const expect503 = async () => {
      const started = Date.now();
      const { status, headers, body } = await list(service, keystone.issue({ project: ALPHA }));
      expect(status).toBe(503);
      expect(headers.get("Retry-After")).toBe("2");
      expect(body).toMatchObject({ serviceUnavailable: { code: 503 } });
      expect(Date.now() - started).toBeLessThan(3000);
      expect((await list(service, remembered)).status).toBe(200);
    };
    keystone.broken = true;
    await expect503();
    keystone.broken = false;
    keystone.delay = 2500;
    await expect503();
    const { tokens } = keystone;
    await keystone.stop();
    await expect503();
    keystone = new KeystoneStandIn();
    for (const [name, token] of tokens) keystone.tokens.set(name, token);
    await keystone.start(Number(new URL(keystoneUrl).port));
    expect((await list(service, keystone.issue({ project: ALPHA }))).status).toBe(200);
  });

  describe("who may do what", () => {
    const caller = (role: Caller["role"], project: string): Caller => ({
      role,
      project,
      token: keystone.issue({
        project,
        roles: { reader: ["reader"], member: ["member", "reader"], admin: ["admin", "member", "reader"] }[
          role
        ],
      }),
    });
    it.each(OPERATION_NAMES)("%s", async (name) => {
      const owners = new Map([ALPHA, BETA].map((project) => [project, caller("member", project)]));
      const callers = (["reader", "member", "admin"] as const).map((role) => caller(role, ALPHA));
      await checkOperation(service, name, callers, owners);
    });
  });
});
