import { describe, expect, it } from "vitest";
import { ALICE, createVolume, request } from "./service.ts";

describe("GET /v3/{project_id}/volumes?size=", () => {
  const listed = async (size: string) => {
    const response = await request(`/v3/volumes/detail?size=${size}`, { headers: { "X-Auth-Token": ALICE } });
    const { volumes } = await response.json<{ volumes: { size: number }[] }>();
    return { status: response.status, sizes: new Set(volumes.map((volume) => volume.size)) };
  };

  it("returns the volumes of that size", async () => {
    await createVolume();
    expect(await listed("1")).toEqual({ status: 200, sizes: new Set([1]) });
    expect(await listed("2")).toEqual({ status: 200, sizes: new Set() });
  });

  it.each(["null", "big", "0.5", "", "Infinity", "1e400"])(
    "returns no volumes if it is not a whole number: %j",
    async (size) => {
      await createVolume();
      expect(await listed(size)).toEqual({ status: 200, sizes: new Set() });
    },
  );
});
