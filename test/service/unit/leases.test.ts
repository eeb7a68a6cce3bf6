import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Leases } from "../../../src/http/leases.ts";

const LEASE_MS = 1000;

const create = (limits: { total: number; perKey?: number }) =>
  new Leases({ ...limits, leaseMs: LEASE_MS, refusal: "Too many." });
/** A request that the runtime has terminated: it never ends, and releases nothing. */
const terminated = () => new Promise<never>(() => {});
const done = async () => "done";
const refusal = expect.objectContaining({ status: 503, message: "Too many." });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("leases", () => {
  it("are limited in total and for each key", async () => {
    const leases = create({ total: 3, perKey: 2 });
    for (const key of ["a", "a"]) void leases.run(key, terminated);
    await expect(leases.run("a", done)).rejects.toEqual(refusal);
    expect(leases.full).toBe(false);
    expect(await leases.run("b", done)).toBe("done");
    void leases.run("b", terminated);
    expect(leases.full).toBe(true);
    await expect(leases.run("c", done)).rejects.toEqual(refusal);
  });

  it("are released by work that succeeds or fails", async () => {
    const leases = create({ total: 1 });
    expect(await leases.run("a", done)).toBe("done");
    await expect(leases.run("a", () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(await leases.run("a", done)).toBe("done");
  });

  it("end by themselves if the request was terminated", async () => {
    const leases = create({ total: 2, perKey: 1 });
    for (const key of ["a", "b"]) void leases.run(key, terminated);
    vi.setSystemTime(Date.now() + LEASE_MS - 1);
    expect(leases.full).toBe(true);
    await expect(leases.run("a", done)).rejects.toEqual(refusal);
    vi.setSystemTime(Date.now() + 1);
    expect(await leases.run("a", done)).toBe("done");
    expect(leases.full).toBe(false);
  });

  it("are not released twice: a late end takes nothing from others", async () => {
    const leases = create({ total: 1 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = leases.run("a", () => promise);
    vi.setSystemTime(Date.now() + LEASE_MS);
    void leases.run("a", terminated);
    resolve();
    await late;
    await expect(leases.run("a", done)).rejects.toEqual(refusal);
  });

  it("can be taken from the oldest holder with the same key, or else from the oldest of all", () => {
    const leases = create({ total: 3, perKey: 2 });
    const displaced: string[] = [];
    const take = (key: string, name: string) => leases.takeFromOldest(key, () => displaced.push(name));
    take("a", "a1");
    const second = take("a", "a2");
    take("b", "b1");
    expect(displaced).toEqual([]);
    take("a", "a3");
    expect(displaced).toEqual(["a1"]);
    take("c", "c1");
    expect(displaced).toEqual(["a1", "a2"]);
    leases.release(second);
    expect(leases.full).toBe(true);
  });
});
