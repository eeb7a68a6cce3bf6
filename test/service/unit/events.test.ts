import { env } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { pauseAfter } from "../../../src/events/dispatcher.ts";
import { endpointsOf } from "../../../src/events/endpoints.ts";
import { signature } from "../../../src/events/sign.ts";
import { sweepEvents } from "../../../src/events/sweep.ts";
import { configuration } from "../../support/configuration.ts";
import { createVolume, refused, request } from "./service.ts";

const secretOf = (bytes: number): string => `whsec_${btoa("s".repeat(bytes))}`;
const SECRET = secretOf(32);
const HOOK = "https://billing.example/hook";
const LEAST = { AUTH_STRATEGY: "noauth", DB: env.DB };

describe("the signature of a webhook", () => {
  it.each([24, 32, 64])(
    "is verified by the library of Standard Webhooks, with a secret of %d bytes",
    async (bytes) => {
      const secrets = [secretOf(bytes), SECRET];
      const timestamp = Math.floor(Date.now() / 1000);
      const body = JSON.stringify({ name: "Ünïcode" });
      const headers = {
        "webhook-id": "1-0123456789abcdef",
        "webhook-timestamp": String(timestamp),
        "webhook-signature": await signature(secrets, "1-0123456789abcdef", timestamp, body),
      };
      for (const secret of secrets)
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
    },
  );
});

describe("the pause after a failed attempt", () => {
  it("grows up to four hours, with jitter of a quarter", () => {
    for (const [attempts, seconds] of [
      [1, 5],
      [2, 20],
      [3, 80],
      [7, 4 * 3600],
      [50, 4 * 3600],
    ] as const) {
      const pauses = Array.from({ length: 100 }, () => pauseAfter(attempts) / 1000);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(seconds * 0.75 - 0.001);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(seconds * 1.25 + 0.001);
      expect(new Set(pauses).size).toBeGreaterThan(10);
    }
  });
});

describe("the configuration of events", () => {
  it("has one or two secrets and up to five URLs", () => {
    const { webhooks } = configuration({
      ...LEAST,
      WEBHOOK_URLS: `${HOOK}?token=a%2Cb, http://127.0.0.1:8000`,
      WEBHOOK_SECRET: `${SECRET},${secretOf(24)}`,
    }).events;
    expect(webhooks).toEqual({
      urls: [`${HOOK}?token=a%2Cb`, "http://127.0.0.1:8000"],
      secrets: [SECRET, secretOf(24)],
      retryMs: 72 * 3_600_000,
      timeoutMs: 10_000,
    });
  });

  const refusals: [variables: object, message: string][] = [
    [{ WEBHOOK_URLS: HOOK }, "WEBHOOK_SECRET must be set for WEBHOOK_URLS"],
    [
      { WEBHOOK_URLS: HOOK, WEBHOOK_SECRET: SECRET, EVENTS: "off" },
      "EVENTS must be on for WEBHOOK_URLS and EVENTS_QUEUE",
    ],
    [
      { WEBHOOK_URLS: HOOK, WEBHOOK_SECRET: SECRET, WEBHOOK_RETRY_HOURS: 25, EVENT_RETENTION_DAYS: 1 },
      "WEBHOOK_RETRY_HOURS must be at most the hours of EVENT_RETENTION_DAYS",
    ],
    ...["hook", "ftp://a", "https://user:secret@a", Array(6).fill(HOOK).join()].map(
      (WEBHOOK_URLS): [object, string] => [
        { WEBHOOK_URLS, WEBHOOK_SECRET: SECRET },
        "WEBHOOK_URLS must be at most 5 comma-separated URLs that begin with https: or http:, without a user name",
      ],
    ),
    ...["secret", secretOf(23), secretOf(66), `${SECRET},${SECRET},${SECRET}`].map(
      (WEBHOOK_SECRET): [object, string] => [
        { WEBHOOK_URLS: HOOK, WEBHOOK_SECRET },
        "WEBHOOK_SECRET must be one or two comma-separated secrets: whsec_ and the base64 of 24 to 64 bytes",
      ],
    ),
  ];
  it.each(refusals)("is refused: %j", (variables, message) => {
    expect(() => configuration({ ...LEAST, ...variables })).toThrow(refused(message));
  });
});

describe("EVENTS=off", () => {
  it("records no event", async () => {
    const countEvents = () => env.DB.prepare("select count(*) from events").first("count(*)");
    const before = await countEvents();
    const headers = { "X-Auth-Token": "alice:off", "Content-Type": "application/json" };
    const body = JSON.stringify({ volume: { size: 1 } });
    const bindings = { ...env, EVENTS: "off" };
    expect((await request("/v3/volumes", { method: "POST", headers, body }, bindings)).status).toBe(202);
    expect(await countEvents()).toBe(before);
    await createVolume();
    expect(await countEvents()).toBe(Number(before) + 1);
  });
});

describe("retention", () => {
  it("deletes old events but not the newest one, and a marker before the oldest remains valid", async () => {
    await env.DB.exec("delete from events");
    for (let i = 0; i < 3; i++) await createVolume();
    const feed = async (query = "") => {
      const response = await request(`/v3/events${query}`, { headers: { "X-Auth-Token": "alice:alpha" } });
      return { status: response.status, ...(await response.json<{ events: { id: string }[] }>()) };
    };
    const { events } = await feed();
    await env.DB.exec("update events set created_at = created_at - 31 * 86400000");
    expect(await sweepEvents(configuration({ ...LEAST }))).toBe(2);
    expect((await feed()).events).toEqual([{ ...events[2], time: expect.any(String) }]);
    for (const marker of [events[0]?.id, events[1]?.id]) {
      expect((await feed(`?marker=${marker}`)).events.map(({ id }) => id)).toEqual([events[2]?.id]);
    }
    await createVolume();
    const after = await feed(`?marker=${events[2]?.id}`);
    expect(after.events).toHaveLength(1);
    expect(Number.parseInt(after.events[0]?.id ?? "", 10)).toBe(Number.parseInt(events[2]?.id ?? "", 10) + 1);
  });

  /** Creates events that are older than the retention of the configuration, which is returned with its endpoint. */
  async function createOldEvents(count: number) {
    await env.DB.exec("delete from events");
    await env.DB.exec("delete from event_endpoints");
    await env.DB.exec("delete from event_retries");
    for (let i = 0; i < count; i++) await createVolume();
    await env.DB.exec("update events set created_at = created_at - 31 * 86400000");
    const config = configuration({
      ...LEAST,
      // Nothing listens on this port.
      WEBHOOK_URLS: "http://127.0.0.1:9",
      WEBHOOK_SECRET: SECRET,
      EVENT_RETENTION_DAYS: 1,
      WEBHOOK_RETRY_HOURS: 24,
    });
    const [endpoint] = await endpointsOf(config);
    const oldest = await env.DB.prepare("select min(seq) as seq from events").first<number>("seq");
    return { config, endpoint: endpoint?.id ?? "", oldest: oldest ?? 0 };
  }

  it("keeps the events that a configured endpoint still waits for", async () => {
    const { config, endpoint, oldest } = await createOldEvents(3);
    await env.DB.prepare(
      `insert into event_endpoints (id, url, cursor, lease_id, lease_until)
       values (?, 'hook', ?, 'another Worker', 9000000000000)`,
    )
      .bind(endpoint, oldest)
      .run();
    expect(await sweepEvents(config)).toBe(1);
    await env.DB.exec("delete from event_endpoints");
    expect(await sweepEvents(configuration({ ...LEAST }))).toBe(1);
  });

  it("keeps no events for an endpoint that returned 410, not even those that it has refused before", async () => {
    const { config, endpoint, oldest } = await createOldEvents(2);
    await env.DB.prepare(
      "insert into event_endpoints (id, url, cursor, stopped_at) values (?, 'hook', ?, 1000)",
    )
      .bind(endpoint, oldest)
      .run();
    await env.DB.prepare(
      `insert into event_retries (endpoint_id, event_seq, volume_id, attempts, next_at, until_at)
       values (?, ?, 'v', 1, 0, 9000000000000)`,
    )
      .bind(endpoint, oldest)
      .run();
    expect(await sweepEvents(config)).toBe(1);
    await env.DB.exec("delete from event_endpoints");
  });
});
