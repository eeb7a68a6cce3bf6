import { describe, expect, it } from "vitest";
import { BoundedCache } from "../../../src/db/engine/bounded_cache.ts";

describe("a cache with a size", () => {
  const filled = (...sizes: number[]) => {
    const cache = new BoundedCache<number>(10);
    for (const [i, size] of sizes.entries()) cache.set(String(i), i, size);
    return { cache, kept: () => sizes.flatMap((_, i) => cache.get(String(i)) ?? []) };
  };

  it("keeps values up to its size, and drops those that were set first", () => {
    expect(filled(4, 4, 2).kept()).toEqual([0, 1, 2]);
    expect(filled(4, 4, 3).kept()).toEqual([1, 2]);
    expect(filled(1, 1, 1, 9).kept()).toEqual([2, 3]);
  });

  it("keeps what is used", () => {
    const { cache, kept } = filled(5, 5);
    cache.get("0");
    cache.set("new", 2, 5);
    expect(kept()).toEqual([0]);
  });

  it("does not keep a value that is larger than the cache, and drops nothing for it", () => {
    expect(filled(5, 11, 5).kept()).toEqual([0, 2]);
  });
});
