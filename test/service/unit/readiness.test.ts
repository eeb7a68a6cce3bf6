import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { request } from "./service.ts";

/** A D1 whose batches end as the test says, and are counted. */
function database(run: () => Promise<unknown>) {
  let batches = 0;
  const session = {
    prepare: (sql: string) => env.DB.prepare(sql),
    batch: (statements: D1PreparedStatement[]) => {
      batches++;
      return run().then(() => env.DB.batch(statements));
    },
    getBookmark: () => null,
  };
  return { binding: { withSession: () => session }, count: () => batches };
}

describe("GET /readyz", () => {
  it("returns 200 without a token if the database accepts reads and writes", async () => {
    const response = await request("/readyz");
    expect([response.status, await response.text()]).toEqual([200, "OK"]);
  });

  it("returns 503 if the database fails", async () => {
    const { binding } = database(() => Promise.reject(new Error("readonly database")));
    const response = await request("/readyz", {}, { ...env, DB: binding });
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("2");
  });

  it("returns 503 if the database does not answer", async () => {
    const { binding } = database(() => new Promise(() => {}));
    expect((await request("/readyz", {}, { ...env, DB: binding })).status).toBe(503);
    expect((await request("/healthcheck", {}, { ...env, DB: binding })).status).toBe(200);
  });

  it("asks the database once for any number of requests within a second", async () => {
    const { binding, count } = database(() => Promise.resolve());
    const bindings = { ...env, DB: binding };
    const responses = await Promise.all(Array.from({ length: 50 }, () => request("/readyz", {}, bindings)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(count()).toBe(1);
  });
});
