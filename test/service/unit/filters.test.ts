import { describe, expect, it } from "vitest";
import { ALICE, createVolume, post, request } from "./service.ts";

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

describe("GET /v3/{project_id}/{volumes,snapshots,volume-transfers}", () => {
  const read = (path: string) => request(`/v3/${path}`, { headers: { "X-Auth-Token": ALICE } });

  it.each(["volumes", "snapshots"])("finds no %s without a name by the empty name", async (resource) => {
    const volume_id = await createVolume();
    await post("/v3/snapshots", { snapshot: { volume_id } });
    const response = await read(`${resource}?name=`);
    expect(await response.json()).toEqual({ [resource]: [] });
  });

  it.each(["volumes", "snapshots", "types", "volume-transfers"])(
    "returns Cinder's 400 for a query that is not UTF-8: %s",
    async (resource) => {
      for (const name of ["%FF", "a%E0%A4", "%ed%a0%80"]) {
        const response = await read(`${resource}?name=${name}`);
        expect(response.status, name).toBe(400);
        expect(await response.text()).toContain("Error decoding your request.");
      }
      const accepted = await read(`${resource}?limit=1&sort_dir=asc&with%C3%A9=%`);
      expect(await accepted.text()).not.toContain("Error decoding");
    },
  );
});
