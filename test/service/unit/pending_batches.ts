import { env } from "cloudflare:test";
import { d1Driver } from "../../../src/db/engine/d1.ts";
import type { Batch, Exchange } from "../../../src/db/engine/driver.ts";
import type { PendingBatch } from "../../../src/db/engine/group.ts";

const driver = d1Driver(env.DB);

/** Runs statements on D1. */
export const exchange: Exchange = async (statements) => ({
  rows: await driver.run(statements, "write"),
  bookmark: undefined,
});

/** Never aborts. */
export const { signal } = new AbortController();

/** Makes what a database sends of batches. */
export const pendingBatches = (batches: readonly Batch<unknown>[], send = exchange): PendingBatch[] =>
  batches.map(({ statements, evidence }) => ({
    statements,
    evidence,
    exchange: send,
    key: "",
    signal,
    fate: { inDoubt: false },
    maxBytes: 1000,
    project: "",
  }));
