import { describe, expect, it, vi } from "vitest";
import { app } from "../../../src/app.ts";

/** Sends requests with the responses 200, 401 and 503, and returns the statuses that are logged. */
async function loggedStatuses(variables: Readonly<Record<string, string>>): Promise<unknown[]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  // The runtime of these tests answers 503 at every URL.
  const bindings = { AUTH_STRATEGY: "noauth", LIBSQL_URL: "http://127.0.0.1:9", ...variables };
  await app.request("/healthcheck", {}, bindings);
  await app.request("/v3/volumes", {}, bindings);
  await app.request("/v3/volumes", { headers: { "X-Auth-Token": "alice:p" } }, bindings);
  const events = log.mock.calls.map(([line]): Record<string, unknown> => JSON.parse(String(line)));
  log.mockRestore();
  expect(events.filter(({ event }) => event === "error")).toHaveLength(1);
  return events.filter(({ event }) => event === "request").map(({ status }) => status);
}

describe("LOG_REQUESTS", () => {
  it.each([
    ["all", [200, 401, 503]],
    ["errors", [503]],
    ["none", []],
  ])("%s logs requests with the statuses %j", async (LOG_REQUESTS, statuses) => {
    expect(await loggedStatuses({ LOG_REQUESTS })).toEqual(statuses);
  });

  it("is all by default", async () => {
    expect(await loggedStatuses({})).toEqual([200, 401, 503]);
  });

  it("does not hide the requests that an invalid value makes fail", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const bindings = { AUTH_STRATEGY: "noauth", LIBSQL_URL: "http://127.0.0.1:9", LOG_REQUESTS: "some" };
    const response = await app.request("/healthcheck", {}, bindings);
    const lines = log.mock.calls.join("\n");
    log.mockRestore();
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("LOG_REQUESTS must be one of: all, errors, none");
    expect(lines).toContain('"event":"request"');
  });
});
