import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Coalescer } from "../../../src/db/engine/coalescer.ts";
import {
  DatabaseUnavailable,
  type Exchange,
  ResultTooLarge,
  type Statement,
  toDatabaseError,
} from "../../../src/db/engine/driver.ts";

const LIMITS = {
  exchanges: 1,
  allExchanges: 8,
  youngMs: 60_000,
  distantMs: 60_000,
  batches: 32,
  statements: 100,
  characters: 100_000,
  resultBytes: 100_000,
  sharesResults: false,
  leaseMs: 60_000,
  answerMs: 0,
};
const never = new AbortController().signal;

/** A database that records each exchange, and completes it when the test says so. */
class ManualDatabase {
  readonly exchanges: {
    readonly sql: string[];
    readonly complete: () => void;
    readonly fail: (error: unknown) => void;
  }[] = [];

  readonly exchange: Exchange = (statements) => {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Exchange>>>();
    this.exchanges.push({
      sql: statements.map(({ sql }) => sql),
      complete: () =>
        resolve({ rows: statements.map(({ sql }) => [[`row of ${sql}`]]), bookmark: undefined }),
      fail: reject,
    });
    return promise;
  };

  /** The statements of each exchange so far. */
  get sent(): string[][] {
    return this.exchanges.map(({ sql }) => sql);
  }
}

const statements = (...sql: string[]): Statement[] => sql.map((sql) => ({ sql, params: [] }));

/** Waits until everything that can happen without the database has happened. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

const setUp = (limits: Partial<typeof LIMITS> & { perProject?: number } = {}) => {
  const database = new ManualDatabase();
  const coalescer = new Coalescer({ ...LIMITS, ...limits });
  const run = (
    sql: string | string[],
    {
      key = "",
      signal = never,
      project = "",
      maxBytes = 1,
    }: { key?: string; signal?: AbortSignal; project?: string; maxBytes?: number } = {},
  ) =>
    coalescer.run({
      statements: statements(...[sql].flat()),
      exchange: database.exchange,
      key,
      signal,
      fate: { inDoubt: false },
      project,
      maxBytes,
    });
  return { database, run };
};

describe("a coalescer of requests", () => {
  it("sends a request at once if no exchange is in flight", () => {
    const { database, run } = setUp();
    void run("a");
    expect(database.sent).toEqual([["a"]]);
  });

  it("sends the requests that have waited as one group, in order of arrival", async () => {
    const { database, run } = setUp();
    const all = [run("a"), run(["b1", "b2"]), run("c")];
    database.exchanges[0]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b1", "b2", "c"]]);
    database.exchanges[1]?.complete();
    expect((await Promise.all(all)).map(({ rows }) => rows)).toEqual([
      [[["row of a"]]],
      [[["row of b1"]], [["row of b2"]]],
      [[["row of c"]]],
    ]);
  });

  it("keeps the number of exchanges in flight", async () => {
    const { database, run } = setUp({ exchanges: 2 });
    for (const sql of ["a", "b", "c", "d"]) void run(sql);
    expect(database.sent).toEqual([["a"], ["b"]]);
    database.exchanges[1]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b"], ["c", "d"]]);
  });

  it("sends the same read of several requests once", async () => {
    const { database, run } = setUp({ sharesResults: true });
    const all = [run("a"), run("b"), run("c"), run("b")];
    database.exchanges[0]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b", "c"]]);
    database.exchanges[1]?.complete();
    expect((await Promise.all(all)).map(({ rows }) => rows)).toEqual(
      ["a", "b", "c", "b"].map((sql) => [[`row of ${sql}`]]).map((rows) => [rows]),
    );
  });

  it("sends the same write of several requests as often as they ask", async () => {
    const { database, run } = setUp();
    for (const sql of ["a", "b", "b"]) void run(sql);
    database.exchanges[0]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b", "b"]]);
  });

  it("sends another exchange while the network takes longer than the database", async () => {
    const { database, run } = setUp({ youngMs: 0, allExchanges: 3 });
    for (const sql of ["a", "b", "c", "d", "e"]) void run(sql);
    expect(database.sent).toEqual([["a"], ["b"], ["c"]]);
    database.exchanges[0]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b"], ["c"], ["d", "e"]]);
  });

  it("sends more exchanges at once to a database that has never been near", async () => {
    vi.useFakeTimers();
    try {
      const { database, run } = setUp({ allExchanges: 2, distantMs: 20 });
      void run("a");
      void run("b");
      await vi.advanceTimersByTimeAsync(20);
      expect(database.sent).toEqual([["a"]]);
      database.exchanges[0]?.complete();
      await vi.advanceTimersByTimeAsync(0);
      for (const sql of ["c", "d", "e"]) void run(sql);
      expect(database.sent).toEqual([["a"], ["b"], ["c"]]);

      await vi.advanceTimersByTimeAsync(19);
      database.exchanges[2]?.complete();
      await vi.advanceTimersByTimeAsync(0);
      // One exchange was faster, so the database is near, and the one in flight keeps it busy.
      expect(database.sent).toEqual([["a"], ["b"], ["c"]]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("sends the requests that wait with the one that finds an exchange old", async () => {
    vi.useFakeTimers();
    try {
      const { database, run } = setUp({ youngMs: 10 });
      void run("a");
      void run("b");
      await vi.advanceTimersByTimeAsync(10);
      expect(database.sent).toEqual([["a"]]);
      void run("c");
      await vi.advanceTimersByTimeAsync(0);
      expect(database.sent).toEqual([["a"], ["b", "c"]]);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ["batches", { batches: 2 }],
    ["statements", { statements: 2 }],
    ["characters", { characters: 2 }],
    ["result bytes", { resultBytes: 2 }],
  ])("limits the %s of a group", async (_limit, limits) => {
    const { database, run } = setUp(limits);
    for (const sql of ["a", "b", "c", "d"]) void run(sql);
    database.exchanges[0]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b", "c"]]);
    database.exchanges[1]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b", "c"], ["d"]]);
  });

  it("groups only requests with the same key", async () => {
    const { database, run } = setUp();
    void run("a");
    for (const [sql, key] of [
      ["b", "x"],
      ["c", "y"],
      ["d", "x"],
    ] as const)
      void run(sql, { key });
    database.exchanges[0]?.complete();
    await settled();
    database.exchanges[1]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["b", "d"], ["c"]]);
  });

  describe("in which projects take turns", () => {
    it("sends the requests of one project after those of the others that wait", async () => {
      const { database, run } = setUp({ batches: 1, perProject: 1 });
      for (const sql of ["a1", "a2", "a3", "b1", "b2", "c1"]) void run(sql, { project: sql[0] ?? "" });
      for (let i = 0; i < 6; i++) {
        database.exchanges[i]?.complete();
        await settled();
      }
      expect(database.sent.flat()).toEqual(["a1", "a2", "b1", "c1", "a3", "b2"]);
    });

    it("keeps an exchange for others, however many requests of a project wait", async () => {
      const { database, run } = setUp({ exchanges: 2, perProject: 1 });
      for (const sql of ["a1", "a2", "a3", "b1"]) void run(sql, { project: sql[0] ?? "", maxBytes: 100_000 });
      await settled();
      expect(database.sent).toEqual([["a1"], ["b1"]]);
      database.exchanges[1]?.complete();
      await settled();
      expect(database.sent).toEqual([["a1"], ["b1"]]);
      database.exchanges[0]?.complete();
      await settled();
      expect(database.sent).toEqual([["a1"], ["b1"], ["a2"]]);
    });

    it("sends equal reads once, also if others wait between them", async () => {
      const { database, run } = setUp({ perProject: 1, sharesResults: true });
      for (const sql of ["a", "b", "c", "b"]) void run(sql, { project: "p", maxBytes: 100_000 });
      database.exchanges[0]?.complete();
      await settled();
      database.exchanges[1]?.complete();
      await settled();
      expect(database.sent).toEqual([["a"], ["b"], ["c"]]);
    });
  });

  it("runs the requests of a group one by one if their results are too large together", async () => {
    const { database, run } = setUp();
    void run("a");
    const outcomes = Promise.allSettled([run("b"), run("c")]);
    database.exchanges[0]?.complete();
    await settled();
    const large = toDatabaseError(new Error("RESPONSE_TOO_LARGE: Response is too large"));
    expect(large).toBeInstanceOf(ResultTooLarge);
    database.exchanges[1]?.fail(large);
    await settled();
    database.exchanges[2]?.fail(large);
    await settled();
    database.exchanges[3]?.complete();
    expect(await outcomes).toMatchObject([
      { status: "rejected", reason: large },
      { status: "fulfilled", value: { rows: [[["row of c"]]] } },
    ]);
  });

  it("runs the requests of a group one by one after a statement of the group has failed", async () => {
    const { database, run } = setUp();
    void run("a");
    const outcomes = Promise.allSettled([run("b"), run("c"), run("d")]);
    database.exchanges[0]?.complete();
    await settled();
    const defect = new Error("SQLITE_CONSTRAINT: c");
    database.exchanges[1]?.fail(defect);
    for (const [i, end] of [
      [2, "complete"],
      [3, "fail"],
      [4, "complete"],
    ] as const) {
      await settled();
      database.exchanges[i]?.[end](defect);
    }
    expect(await outcomes).toEqual([
      { status: "fulfilled", value: { rows: [[["row of b"]]], bookmark: undefined } },
      { status: "rejected", reason: defect },
      { status: "fulfilled", value: { rows: [[["row of d"]]], bookmark: undefined } },
    ]);
    expect(database.sent).toEqual([["a"], ["b", "c", "d"], ["b"], ["c"], ["d"]]);
  });

  it("fails each request of a group, and runs none again, after the exchange has failed", async () => {
    const { database, run } = setUp();
    void run("a");
    const outcomes = Promise.allSettled([run("b"), run("c")]);
    database.exchanges[0]?.complete();
    await settled();
    const lost = new DatabaseUnavailable("cut off", { inDoubt: true });
    database.exchanges[1]?.fail(lost);
    expect(await outcomes).toEqual([
      { status: "rejected", reason: lost },
      { status: "rejected", reason: lost },
    ]);
    expect(database.sent).toHaveLength(2);
  });

  it("leaves out a request that has timed out while it waited", async () => {
    const { database, run } = setUp();
    const controller = new AbortController();
    void run("a");
    void run("b", { signal: controller.signal });
    void run("c");
    controller.abort();
    database.exchanges[0]?.complete();
    await settled();
    expect(database.sent).toEqual([["a"], ["c"]]);
  });

  it("sends the next group after the request that sent the group before has timed out", async () => {
    const { database, run } = setUp();
    const controller = new AbortController();
    void run("a", { signal: controller.signal });
    void run("b");
    controller.abort();
    await settled();
    expect(database.sent).toEqual([["a"], ["b"]]);
  });

  it("does not send a request that has waited until no time is left to find out what becomes of it", async () => {
    vi.useFakeTimers();
    try {
      const { database, run } = setUp({ leaseMs: 8000, answerMs: 1000 });
      void run("a");
      const waiting = run("b");
      const refused = expect(waiting).rejects.toMatchObject({ inDoubt: false });
      await vi.advanceTimersByTimeAsync(5001);
      void run("c");
      database.exchanges[0]?.complete();
      await vi.advanceTimersByTimeAsync(1);
      await refused;
      expect(database.sent).toEqual([["a"], ["c"]]);
    } finally {
      vi.useRealTimers();
    }
  });

  describe("after the runtime has terminated requests", () => {
    const LEASE_MS = 5000;
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it("goes on without a new request when the lease of the one that sent a group ends", async () => {
      const { database, run } = setUp({ leaseMs: LEASE_MS });
      void run("a");
      await vi.advanceTimersByTimeAsync(1000);
      void run("b");
      await vi.advanceTimersByTimeAsync(LEASE_MS - 1001);
      expect(database.sent).toEqual([["a"]]);
      await vi.advanceTimersByTimeAsync(1);
      expect(database.sent).toEqual([["a"], ["b"]]);
    });

    it("leaves out those that have waited for longer than a request may", async () => {
      const { database, run } = setUp({ leaseMs: LEASE_MS });
      for (const sql of ["a", "b", "c"]) void run(sql);
      await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
      void run("d");
      // The lease of `a` ends, and so does the time of the two that wait.
      vi.setSystemTime(Date.now() + 1);
      database.exchanges[0]?.complete();
      await vi.advanceTimersByTimeAsync(0);
      expect(database.sent).toEqual([["a"], ["d"]]);
    });

    it("passes the next group on if the one that was to send it does not", async () => {
      const coalescer = new Coalescer({ ...LIMITS, leaseMs: LEASE_MS });
      const database = new ManualDatabase();
      const request = {
        exchange: database.exchange,
        key: "",
        signal: never,
        fate: { inDoubt: false },
        project: "",
        maxBytes: 1,
      };
      void coalescer.run({ ...request, statements: statements("a") });
      // Ends its code in the middle, as the runtime does.
      const { signal } = new AbortController();
      signal.removeEventListener = () => {
        throw new Error("terminated");
      };
      const terminated = coalescer.run({ ...request, signal, key: "b", statements: statements("b") });
      for (const sql of ["c", "d"]) void coalescer.run({ ...request, statements: statements(sql) });
      database.exchanges[0]?.complete();
      await expect(terminated).rejects.toThrow("terminated");
      await vi.advanceTimersByTimeAsync(499);
      expect(database.sent).toEqual([["a"]]);
      await vi.advanceTimersByTimeAsync(1);
      expect(database.sent).toEqual([["a"], ["c", "d"]]);
    });
  });
});
