import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Identity } from "../../../src/http/context.ts";
import { TokenCache, type Validated } from "../../../src/identity/token_cache.ts";

const CACHE_SECONDS = 300;
/** How long a rejection is kept, milliseconds. */
const REJECTION_MS = 5000;
const CAPACITY = 10_000;
/** The timeout of a validation, milliseconds. */
const TIMEOUT_MS = 50;

const identityOf = (token: string): Identity => ({
  user_id: `user of ${token}`,
  project_id: "alpha",
  roles: new Set(["member"]),
});

/** Validates every token, for an hour. */
const accept = async (token: string): Promise<Validated> => ({
  identity: identityOf(token),
  expiresAt: Date.now() + 3_600_000,
});

/** Fails the test if the token is validated. */
const refuseToValidate = async (token: string): Promise<never> => {
  throw new Error(`${token} is not in the cache`);
};

let cache: TokenCache;
beforeEach(() => {
  // Only the date: timers go on, and with them the waiting for another request.
  vi.useFakeTimers({ toFake: ["Date"] });
  cache = new TokenCache(CACHE_SECONDS, TIMEOUT_MS);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the token cache", () => {
  it("agrees with a list of validations, for any sequence of requests", async () => {
    const request = fc.record({
      /** Milliseconds since the request before. */
      after: fc.nat(400_000),
      token: fc.constantFrom("a", "b", "c"),
      /** Milliseconds until the token expires; undefined if it is invalid. */
      lifetime: fc.option(fc.nat(600_000), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
        const tested = new TokenCache(CACHE_SECONDS, TIMEOUT_MS);
        const kept = new Map<string, { readonly until: number; readonly valid: boolean }>();
        for (const { after, token, lifetime } of requests) {
          vi.setSystemTime(Date.now() + after);
          const now = Date.now();
          const entry = kept.get(token);
          const expectValidation = entry === undefined || entry.until <= now;
          if (expectValidation) {
            const until =
              lifetime === undefined ? now + REJECTION_MS : now + Math.min(lifetime, CACHE_SECONDS * 1000);
            kept.set(token, { until, valid: lifetime !== undefined });
          }
          const validate = vi.fn(async () =>
            lifetime === undefined ? undefined : { identity: identityOf(token), expiresAt: now + lifetime },
          );
          const identity = await tested.identify(token, validate);

          expect(validate).toHaveBeenCalledTimes(expectValidation ? 1 : 0);
          const { until = 0, valid = false } = kept.get(token) ?? {};
          expect(identity).toEqual(valid && until > now ? identityOf(token) : undefined);
        }
      }),
    );
  });

  it("evicts the oldest token when it is full", async () => {
    for (let i = 0; i <= CAPACITY; i++) await cache.identify(`token ${i}`, accept);
    await expect(cache.identify("token 0", refuseToValidate)).rejects.toThrow("not in the cache");
    for (const i of [1, 2, CAPACITY]) {
      expect(await cache.identify(`token ${i}`, refuseToValidate)).toEqual(identityOf(`token ${i}`));
    }
  });

  it("evicts the oldest rejection when it is full, and no token for rejections", async () => {
    await cache.identify("valid", accept);
    for (let i = 0; i <= CAPACITY; i++) await cache.identify(`invalid ${i}`, async () => undefined);
    await expect(cache.identify("invalid 0", refuseToValidate)).rejects.toThrow("not in the cache");
    expect(await cache.identify("invalid 1", refuseToValidate)).toBeUndefined();
    expect(await cache.identify("valid", refuseToValidate)).toEqual(identityOf("valid"));
  });

  it("shares one validation between concurrent requests with the same token, and no other", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const validate = vi.fn(async (token: string) => {
      await promise;
      return accept(token);
    });
    const slow = new TokenCache(CACHE_SECONDS, 3_600_000);
    const requests = ["a", "a", "b", "a"].map((token) => slow.identify(token, validate));
    await vi.waitFor(() => expect(validate.mock.calls).toEqual([["a"], ["b"]]));
    resolve();
    expect(await Promise.all(requests)).toEqual(["a", "a", "b", "a"].map(identityOf));
    expect(validate).toHaveBeenCalledTimes(2);
  });

  it("validates again if the request that has begun to validate does not finish", async () => {
    void cache.identify("a", () => new Promise(() => {}));
    expect(await cache.identify("a", accept)).toEqual(identityOf("a"));
  });

  it("has no more than 32 validations in flight, until those that do not end are given up", async () => {
    for (let i = 0; i < 32; i++) void cache.identify(`hangs ${i}`, () => new Promise(() => {}));
    await vi.waitFor(() => expect(cache.identify("a", accept)).rejects.toMatchObject({ status: 503 }));
    vi.setSystemTime(Date.now() + 1000 + TIMEOUT_MS);
    expect(await cache.identify("a", accept)).toEqual(identityOf("a"));
  });

  it("has forgotten a token even if it was being validated meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const validation = cache.identify("a", async (token) => {
      await promise;
      return accept(token);
    });
    await cache.forget("a");
    resolve();
    await validation;
    expect(await cache.identify("a", refuseToValidate)).toBeUndefined();
  });

  it("rejects all concurrent requests if the validation fails, and keeps nothing", async () => {
    const fail = async (): Promise<never> => {
      throw new Error("Keystone does not respond");
    };
    const slow = new TokenCache(CACHE_SECONDS, 3_600_000);
    const requests = await Promise.allSettled([slow.identify("a", fail), slow.identify("a", fail)]);
    expect(requests.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await slow.identify("a", accept)).toEqual(identityOf("a"));
  });

  it("keeps nothing if TOKEN_CACHE_SECONDS is 0", async () => {
    const none = new TokenCache(0, TIMEOUT_MS);
    const validate = vi.fn(accept);
    await none.identify("a", validate);
    await none.identify("a", validate);
    expect(validate).toHaveBeenCalledTimes(2);
  });
});
