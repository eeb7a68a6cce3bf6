import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { app } from "../../../src/app.ts";

/** Sends a request to the app with the given bindings. */
const send = (path: string, init: RequestInit = {}, bindings: object = {}) =>
  app.request(path, init, { ...env, ...bindings });

describe("ACCEPT_RATE_LIMITER", () => {
  const attempt = (project: string, action: "accept" | "preview" = "accept") =>
    send(
      `/v3/volume-transfers/aaaaaaaa-1111-4222-8333-444444444444/${action}`,
      {
        method: "POST",
        headers: { "X-Auth-Token": `bob:${project}`, "Content-Type": "application/json" },
        body: JSON.stringify({ [action]: { auth_key: "0000000000000000" } }),
      },
      { ACCEPT_RATE_LIMITER: env.RATE_LIMITER_OF_TESTS },
    );

  it("returns 429 with Retry-After to a project that sends too many accepts and previews", async () => {
    for (let i = 0; i < 3; i++) {
      expect((await attempt("p1", i === 1 ? "preview" : "accept")).status).toBe(404);
    }
    // The limit is three in a minute. Where a new minute begins, three more are accepted.
    let response = await attempt("p1", "preview");
    for (let i = 0; i < 3 && response.status === 404; i++) response = await attempt("p1", "preview");
    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).toBe("60");
    expect(await response.json()).toMatchObject({ overLimit: { code: 429, retryAfter: "60" } });
    expect((await attempt("p2")).status).toBe(404);
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
