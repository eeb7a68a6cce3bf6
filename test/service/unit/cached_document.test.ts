import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CachedDocument } from "../../../src/identity/cached_document.ts";

const LIMITS = { maxAgeMs: 600_000, failureMs: 5000, patienceMs: 3_600_000 };

/** A provider whose answers the test gives. */
class Provider {
  readonly answers: PromiseWithResolvers<string>[] = [];
  readonly fetch = (): Promise<string> => {
    const answer = Promise.withResolvers<string>();
    this.answers.push(answer);
    return answer.promise;
  };
}

let provider: Provider;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  provider = new Provider();
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe("a cached document", () => {
  it("is fetched once for concurrent requests, and again when it is too old", async () => {
    const document = new CachedDocument(provider.fetch, LIMITS);
    const requests = [document.get(), document.get(), document.get()];
    provider.answers[0]?.resolve("first");
    expect(await Promise.all(requests)).toEqual(["first", "first", "first"]);
    pass(LIMITS.maxAgeMs - 1);
    expect(await document.get()).toBe("first");
    pass(1);
    const next = document.get();
    provider.answers[1]?.resolve("second");
    expect(await next).toBe("second");
    expect(provider.answers).toHaveLength(2);
  });

  it("is fetched anew, once, for requests that want a newer one", async () => {
    const document = new CachedDocument(provider.fetch, LIMITS);
    const first = document.get();
    provider.answers[0]?.resolve("first");
    await first;
    pass(4999);
    expect(await document.get(5000)).toBe("first");
    pass(1);
    const requests = [document.get(5000), document.get(5000)];
    // Whoever is content with the old one does not wait.
    expect(await document.get()).toBe("first");
    provider.answers[1]?.resolve("second");
    expect(await Promise.all(requests)).toEqual(["second", "second"]);
  });

  it("is not fetched for some seconds after a failure", async () => {
    const document = new CachedDocument(provider.fetch, LIMITS);
    const requests = Promise.allSettled([document.get(), document.get()]);
    provider.answers[0]?.reject(new Error("away"));
    expect((await requests).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    pass(LIMITS.failureMs - 1);
    await expect(document.get()).rejects.toThrow("away");
    pass(1);
    const next = document.get();
    provider.answers[1]?.resolve("back");
    expect(await next).toBe("back");
  });

  it("is fetched by one of those that wait if the request that fetches was terminated", async () => {
    const document = new CachedDocument(provider.fetch, { ...LIMITS, patienceMs: 500 });
    void document.get();
    const requests = [document.get(), document.get()];
    await vi.waitFor(() => expect(provider.answers).toHaveLength(2), { interval: 5 });
    provider.answers[1]?.resolve("second");
    expect(await Promise.all(requests)).toEqual(["second", "second"]);
  });

  it("makes a limited number of requests wait", async () => {
    const document = new CachedDocument(provider.fetch, LIMITS);
    const requests = Promise.allSettled(Array.from({ length: 1000 }, () => document.get()));
    provider.answers[0]?.resolve("first");
    const outcomes = await requests;
    // One fetches, and 256 wait for it.
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(257);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ status: 503 });
    expect(provider.answers).toHaveLength(1);
  });
});
