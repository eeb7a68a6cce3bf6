import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ALICE, BOB, request } from "./service.ts";

const TRANSFERS = "/v3/volume-transfers";
const HEADERS = { "Content-Type": "application/json", "OpenStack-API-Version": "volume 3.57" };

/** Sends a body that the caller controls. */
const send = (body: BodyInit, variables: Record<string, string> = {}, token = ALICE) =>
  request(
    TRANSFERS,
    { method: "POST", body, headers: { ...HEADERS, "X-Auth-Token": token } },
    { ...env, ...variables },
  );

/** A body that begins and never ends. */
const unfinished = () =>
  new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"transfer":')) });

const message = async (response: Response) => {
  const { badRequest } = await response.json<{ badRequest?: { message: string } }>();
  return badRequest?.message;
};

describe("a request", () => {
  it("is rejected for its role before its body is read", async () => {
    expect((await send(unfinished(), {}, "carol:alpha:reader")).status).toBe(403);
  });

  it("is rejected without a token before its body is read", async () => {
    expect((await send(unfinished(), {}, "")).status).toBe(401);
  });

  it.each(["two words:alpha", "a\tb:alpha", "é:alpha", `${"a".repeat(8192)}:alpha`])(
    "returns 401 to a token that is not 1 to 8192 printable ASCII characters",
    async (token) => {
      expect((await request(TRANSFERS, { headers: { "X-Auth-Token": token } })).status).toBe(401);
    },
  );

  it("returns 401 to a token whose ids are longer than 255 characters", async () => {
    expect((await request(TRANSFERS, { headers: { "X-Auth-Token": `a:${"p".repeat(256)}` } })).status).toBe(
      401,
    );
  });
});

describe("a request body", () => {
  it("returns 408 if it does not arrive within BODY_TIMEOUT_MS", async () => {
    const response = await send(unfinished(), { BODY_TIMEOUT_MS: "20" });
    expect(response.status).toBe(408);
    expect(await response.json()).toMatchObject({ computeFault: { code: 408 } });
  });

  it("does not occupy a slot for requests in flight while it arrives", async () => {
    const variables = { MAX_REQUESTS_IN_FLIGHT: "1", BODY_TIMEOUT_MS: "500" };
    const bindings = { ...env, ...variables };
    const headers = { ...HEADERS, "X-Auth-Token": ALICE };
    const slow = request(TRANSFERS, { method: "POST", body: unfinished(), headers }, bindings);
    expect((await request(TRANSFERS, { headers: { "X-Auth-Token": BOB } }, bindings)).status).toBe(200);
    expect((await slow).status).toBe(408);
  });

  it.each([
    ["is declared as too large", () => "x".repeat(114_689)],
    [
      "turns out to be too large",
      () =>
        new ReadableStream({
          pull: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(10_000))),
        }),
    ],
  ])("returns 413 if it %s", async (_case, body) => {
    expect((await send(body())).status).toBe(413);
  });

  it("returns 400 if the client aborts it", async () => {
    const aborted = new ReadableStream({ pull: (controller) => controller.error(new Error("cut off")) });
    expect((await send(aborted)).status).toBe(400);
  });

  it("returns 400 if it is not UTF-8", async () => {
    expect((await send(new Uint8Array([0x7b, 0xff, 0x7d]))).status).toBe(400);
  });

  it("returns 400 if it has more than 1024 values", async () => {
    expect(await message(await send(JSON.stringify({ transfer: Array(1024).fill(1) })))).toBe(
      "A request body may have 1024 values.",
    );
  });

  it.each(["\\ud800", "\\udfff", "\\udc00\\ud800", "\\ud800x", "\\ud800\\u0041", "\\uD800\\\\udc00"])(
    "returns 400 if a text contains an unpaired surrogate: %s",
    async (text) => {
      const response = await send(`{"transfer": {"volume_id": "x", "name": "${text}"}}`);
      expect(response.status).toBe(400);
      expect(await message(response)).toContain("unpaired surrogate");
    },
  );

  it.each(["\\ud83d\\ude00", "\\\\ud800", "\\u0041\\ud83d\\ude00\\ud83d\\ude00"])(
    "may contain paired surrogates and escaped backslashes: %s",
    async (text) => {
      const response = await send(`{"transfer": {"volume_id": "x", "name": "${text}"}}`);
      expect(await message(response)).toContain("is not a 'uuid'");
    },
  );

  it.each(["2030-02-30T00:00:00Z", "2030-01-01T24:00:00Z", "2030-13-01T00:00:00Z", "2030-01-01T00:60:00Z"])(
    "returns 400 for an expires_at that does not exist: %s",
    async (expires_at) => {
      const volume_id = crypto.randomUUID();
      const response = await send(JSON.stringify({ transfer: { volume_id, expires_at } }));
      expect(await message(response)).toContain("is not a 'date-time'");
    },
  );
});

describe("slow bodies", () => {
  const SIGN_IN = { user: "alice", project: "alpha" };
  /** Sends bodies that never end. */
  const sendSlowly = (count: number, path: string, token: string) =>
    Array.from({ length: count }, () =>
      request(path, {
        method: "POST",
        body: unfinished(),
        headers: { ...HEADERS, "X-Auth-Token": token, "X-Handoff": "1" },
      }),
    );
  const quick = (path: string, token: string, body: object) =>
    request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...HEADERS, "X-Auth-Token": token, "X-Handoff": "1" },
    });
  const statuses = async (responses: Promise<Response>[]) =>
    (await Promise.all(responses)).map(({ status }) => status);

  it("without a token do not stop others from signing in", async () => {
    const slow = sendSlowly(257, "/handoff/session", "");
    expect((await quick("/handoff/session", "", SIGN_IN)).status).toBe(200);
    // Those that were displaced are answered at once, and the others after their time.
    expect(await Promise.race(slow.slice(0, 2))).toMatchObject({ status: 503 });
  });

  it("of some projects do not stop others from sending theirs", async () => {
    const slow = ["a", "b", "c"].flatMap((project) => sendSlowly(200, TRANSFERS, `eve:${project}`));
    expect((await quick("/v3/volumes", ALICE, { volume: { size: 1 } })).status).toBe(202);
    const first = statuses(slow.slice(0, 88));
    expect(new Set(await first)).toEqual(new Set([503]));
  });
});

describe("MAX_PROJECT_REQUESTS_IN_FLIGHT", () => {
  it("limits the requests of one project, and leaves slots to the others", async () => {
    const bindings = { ...env, MAX_REQUESTS_IN_FLIGHT: "3", MAX_PROJECT_REQUESTS_IN_FLIGHT: "2" };
    const get = (token: string) => request(TRANSFERS, { headers: { "X-Auth-Token": token } }, bindings);
    const responses = await Promise.all([ALICE, ALICE, ALICE, ALICE, BOB].map(get));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 503, 503, 200]);
  });
});
