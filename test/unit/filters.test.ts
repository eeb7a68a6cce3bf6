import { describe, expect, it } from "vitest";
import { ALICE, makeVolume, request } from "./service.ts";

describe("volumes of a size", () => {
  const listed = async (size: string) => {
    const response = await request(`/v3/volumes/detail?size=${size}`, { headers: { "X-Auth-Token": ALICE } });
    const { volumes } = await response.json<{ volumes: { size: number }[] }>();
    return { status: response.status, sizes: new Set(volumes.map((volume) => volume.size)) };
  };

  it("are those that have it", async () => {
    await makeVolume();
    expect(await listed("1")).toEqual({ status: 200, sizes: new Set([1]) });
    expect(await listed("2")).toEqual({ status: 200, sizes: new Set() });
  });

  it.each(["null", "big", "0.5", "", "Infinity", "1e400"])("are none where it is %j", async (size) => {
    await makeVolume();
    expect(await listed(size)).toEqual({ status: 200, sizes: new Set() });
  });
});
