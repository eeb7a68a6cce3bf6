import { describe, expect, it } from "vitest";
import { Semaphore } from "./semaphore.ts";

describe("Semaphore", () => {
  const never = new AbortController().signal;
  const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

  it("runs at most as many tasks at once as it has permits, first in, first out", async () => {
    const semaphore = new Semaphore(2);
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
    const all = await Promise.all([1, 2, 3, 4, 5].map((n) => semaphore.run(work(n), never)));
    expect(all).toEqual([1, 2, 3, 4, 5]);
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it("releases the permit after a task has failed", async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.run(() => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
    expect(await semaphore.run(async () => "yes", never)).toBe("yes");
  });

  it("releases the permit of an aborted task once, whether it runs or waits", async () => {
    const semaphore = new Semaphore(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const forever = new Promise<never>(() => {});
    void semaphore.run(() => forever, first.signal);
    void semaphore.run(() => forever, second.signal);
    const third = semaphore.run(async () => "third", never);
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
    await Promise.all([1, 2, 3].map(() => semaphore.run(work, never)));
    expect(most).toBe(1);
  });
});
