import { env } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { ALICE, createVolume, request } from "./service.ts";

describe("x-d1-bookmark", () => {
  const list = (headers: Record<string, string> = {}) =>
    request("/v3/volumes", { headers: { "X-Auth-Token": ALICE, ...headers } });

  /** Returns the bookmarks with which the requests of `act` have opened their D1 sessions. */
  async function anchors(act: () => Promise<unknown>): Promise<unknown[]> {
    const withSession = vi.spyOn(env.DB, "withSession");
    await act();
    const anchors = withSession.mock.calls.map(([anchor]) => anchor);
    withSession.mockRestore();
    return anchors;
  }

  it("is a header of each response, with the bookmark of the D1 session", async () => {
    expect((await list()).headers.get("x-d1-bookmark")).toMatch(/^[0-9a-f-]+$/);
  });

  it("in a request lets any replica respond that is at least as new", async () => {
    const bookmark = (await list()).headers.get("x-d1-bookmark") ?? "";
    expect(await anchors(() => list({ "x-d1-bookmark": bookmark }))).toEqual([bookmark]);
    expect((await list({ "x-d1-bookmark": bookmark })).status).toBe(200);
  });

  it("missing from a request makes the primary respond, so that clients read their own writes", async () => {
    const volume = await createVolume();
    expect(await anchors(list)).toEqual(["first-primary"]);
    expect(JSON.stringify(await (await list()).json())).toContain(volume);
  });

  it.each(["first-unconstrained", "first-primary", "", "'; drop table volumes"])(
    "is rejected with 400 if it is not a bookmark: %j",
    async (bookmark) => {
      const response = await list({ "x-d1-bookmark": bookmark });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("x-d1-bookmark");
    },
  );
});
