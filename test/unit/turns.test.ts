import { describe, expect, it } from "vitest";
import { Turns } from "../../src/db/semaphore.ts";

describe("Turns", () => {
  const never = new AbortController().signal;
  const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

  it("lets as many go on at once as it is told, in order, and all in the end", async () => {
    const turns = new Turns(2);
    let now = 0;
    let most = 0;
    const order: number[] = [];
    const work = (n: number) => async () => {
      order.push(n);
      most = Math.max(most, ++now);
      await soon();
      now--;
      return n;
    };
    const all = await Promise.all([1, 2, 3, 4, 5].map((n) => turns.take(work(n), never)));
    expect(all).toEqual([1, 2, 3, 4, 5]);
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it("passes the turn on after a failure", async () => {
    const turns = new Turns(1);
    await expect(turns.take(() => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
    expect(await turns.take(async () => "yes", never)).toBe("yes");
  });

  it("passes the turn on from one that is given up, whether it has its turn or waits, once", async () => {
    const turns = new Turns(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const forever = new Promise<never>(() => {});
    void turns.take(() => forever, first.signal);
    void turns.take(() => forever, second.signal);
    const third = turns.take(async () => "third", never);
    second.abort();
    first.abort();
    first.abort();
    expect(await third).toBe("third");

    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await soon();
      now--;
    };
    await Promise.all([1, 2, 3].map(() => turns.take(work, never)));
    expect(most).toBe(1);
  });
});
