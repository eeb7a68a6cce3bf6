import { env } from "cloudflare:test";
import type { Batch } from "../../src/db/batch.ts";
import { d1Driver } from "../../src/db/d1.ts";
import type { Exchange } from "../../src/db/driver.ts";
import type { Request } from "../../src/db/group.ts";

const driver = d1Driver(env.DB);

/** Runs statements on D1. */
export const exchange: Exchange = async (statements) => ({
  rows: await driver.run(statements, "write"),
  bookmark: undefined,
});

/** Never aborts. */
export const { signal } = new AbortController();

/** Makes the requests of batches, as a database sends them. */
export const requestsOf = (batches: readonly Batch<unknown>[]): Request[] =>
  batches.map(({ statements }) => ({ statements, exchange, key: "", signal }));
