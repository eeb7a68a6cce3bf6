import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";

/** Sends a request to the app with the given bindings. */
const send = (path: string, init: RequestInit = {}, bindings: object = {}) =>
  app.request(path, init, { ...env, ...bindings });

describe("the rate-limiting binding", () => {
  const accept = (project: string) =>
    send(
      "/v3/volume-transfers/aaaaaaaa-1111-4222-8333-444444444444/accept",
      {
        method: "POST",
        headers: { "X-Auth-Token": `bob:${project}`, "Content-Type": "application/json" },
        body: JSON.stringify({ accept: { auth_key: "0000000000000000" } }),
      },
      { ACCEPT_RATE_LIMITER: env.RATE_LIMITER_OF_TESTS },
    );

  it("where it is bound, guards accept per project: 429, and when to come back", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await accept("p1")).status);
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
    const refused = await accept("p1");
    expect(refused.headers.get("Retry-After")).toBe("60");
    expect(await refused.json()).toMatchObject({ overLimit: { code: 429, retryAfter: "60" } });
    expect((await accept("p2")).status).toBe(404);
  });
});

describe("CORS", () => {
  it("is off unless CORS_ALLOWED_ORIGIN names origins", async () => {
    const headers = { Origin: "https://horizon.example", "X-Auth-Token": "alice:p" };
    expect((await send("/v3/volumes", { headers })).headers.get("Access-Control-Allow-Origin")).toBeNull();
    const preflight = await send("/v3/volumes", { method: "OPTIONS", headers });
    expect(preflight.status).toBe(405);
  });
});
