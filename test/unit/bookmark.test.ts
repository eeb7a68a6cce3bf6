import { env } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { ALICE, makeVolume, request } from "./service.ts";

describe("x-d1-bookmark", () => {
  const list = (headers: Record<string, string> = {}) =>
    request("/v3/volumes", { headers: { "X-Auth-Token": ALICE, ...headers } });

  /** What the requests of `act` have anchored their D1 sessions at. */
  async function anchors(act: () => Promise<unknown>): Promise<unknown[]> {
    const withSession = vi.spyOn(env.DB, "withSession");
    await act();
    const anchors = withSession.mock.calls.map(([anchor]) => anchor);
    withSession.mockRestore();
    return anchors;
  }

  it("tells with each answer which state of the database it is from", async () => {
    expect((await list()).headers.get("x-d1-bookmark")).toMatch(/^[0-9a-f-]+$/);
  });

  it("sent back, lets any replica answer that is as new", async () => {
    const bookmark = (await list()).headers.get("x-d1-bookmark") ?? "";
    expect(await anchors(() => list({ "x-d1-bookmark": bookmark }))).toEqual([bookmark]);
    expect((await list({ "x-d1-bookmark": bookmark })).status).toBe(200);
  });

  it("absent, has the primary answer: whoever has written sees it", async () => {
    const volume = await makeVolume();
    expect(await anchors(list)).toEqual(["first-primary"]);
    expect(JSON.stringify(await (await list()).json())).toContain(volume);
  });

  it.each(["first-unconstrained", "first-primary", "", "'; drop table volumes"])(
    "is refused where it is none: %j",
    async (bookmark) => {
      const response = await list({ "x-d1-bookmark": bookmark });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("x-d1-bookmark");
    },
  );
});
