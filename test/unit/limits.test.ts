import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";

/** Sends a request to the app with the given bindings. */
const send = (path: string, init: RequestInit = {}, bindings: object = {}) =>
  app.request(path, init, { ...env, ...bindings });

describe("ACCEPT_RATE_LIMITER", () => {
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

  it("returns 429 with Retry-After to a project that sends too many accepts", async () => {
    for (let i = 0; i < 3; i++) expect((await accept("p1")).status).toBe(404);
    // The limit is three in a minute. Where a new minute begins, three more are accepted.
    let response = await accept("p1");
    for (let i = 0; i < 3 && response.status === 404; i++) response = await accept("p1");
    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).toBe("60");
    expect(await response.json()).toMatchObject({ overLimit: { code: 429, retryAfter: "60" } });
    expect((await accept("p2")).status).toBe(404);
  });
});

describe("CORS", () => {
  it("is off without CORS_ALLOWED_ORIGIN", async () => {
    const headers = { Origin: "https://horizon.example", "X-Auth-Token": "alice:p" };
    expect((await send("/v3/volumes", { headers })).headers.get("Access-Control-Allow-Origin")).toBeNull();
    const preflight = await send("/v3/volumes", { method: "OPTIONS", headers });
    expect(preflight.status).toBe(405);
  });
});
