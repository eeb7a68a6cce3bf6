import { describe, expect, it, vi } from "vitest";
import { app } from "../../../src/app.ts";

describe("the log of a request while the database is unreachable", () => {
  it("has the error, and nothing that the client has sent", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const bindings = {
      AUTH_STRATEGY: "noauth",
      LIBSQL_URL: "http://127.0.0.1:9",
      DATABASE_TIMEOUT_MS: "500",
    };
    const headers = { "X-Auth-Token": "alice:p", "Content-Type": "application/json" };
    const body = JSON.stringify({
      volume: { size: 1, name: "a-secret-name", metadata: { k: "a-secret-value" } },
    });
    const responses = [
      await app.request("/v3/volumes", { method: "POST", headers, body }, bindings),
      await app.request("/v3/volumes?name=a-secret-filter", { headers }, bindings),
    ];
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();

    expect(responses.map(({ status }) => status)).toEqual([503, 503]);
    expect(lines.filter((line) => JSON.parse(line).event === "error")).toHaveLength(2);
    expect(responses.map(({ headers }) => headers.get("Retry-After"))).toEqual(["2", "2"]);
    expect(lines.join("\n")).not.toContain("a-secret");
    expect(await responses[0]?.json()).toEqual({
      serviceUnavailable: {
        code: 503,
        message: "The database is unavailable. Try again; the request may have taken effect all the same.",
      },
    });
  });
});
