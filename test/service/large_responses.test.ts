import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Client } from "../support/client.ts";
import { startCommand } from "../support/command.ts";
import { startD1Service } from "../support/d1_service.ts";
import { type Discarded, discardingGet } from "../support/discarding_get.ts";
import { startLibsql } from "../support/libsql.ts";
import { percentile } from "../support/statistics.ts";
import { NO_QUOTA, startWorker } from "../support/worker.ts";

interface Running {
  readonly url: string;
  readonly stop: () => Promise<unknown>;
}

/** The machine of the tests can be slow. */
const VARIABLES = { ...NO_QUOTA, AUTH_STRATEGY: "noauth", DATABASE_TIMEOUT_MS: "25000" };

const SERVICES: readonly (readonly [name: string, start: () => Promise<Running>])[] = [
  ["D1", () => startD1Service(inject("builtWorker"), VARIABLES)],
  [
    "a libSQL server",
    async () => {
      const database = await startLibsql();
      const worker = await startWorker(inject("builtWorker"), { ...VARIABLES, LIBSQL_URL: database.url });
      const stop = async () => {
        await worker.kill();
        await database.stop();
      };
      return { url: worker.url, stop };
    },
  ],
  [
    "the file of `npm run serve`",
    async () => {
      const DATA_DIR = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
      const { url, stop } = await startCommand("serve", { ...VARIABLES, DATA_DIR });
      return { url, stop: () => stop().finally(() => rmSync(DATA_DIR, { recursive: true })) };
    },
  ],
];

const POLLERS = 24;
const POLLING_MS = 1500;
/** Generous: other tests run on the machine. `npm run test:attack` has strict goals. */
const MAX_P99_MS = 5000;
/** About 100 KB. */
const METADATA = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`key ${i}`, "x".repeat(250)]));

describe.each(SERVICES)("large responses, on %s", (_name, start) => {
  let service: Running;
  let innocent: Client;
  beforeAll(async () => {
    service = await start();
    innocent = new Client(service.url);
    await innocent.createVolumeAndTransfer();
  });
  afterAll(() => service?.stop());

  const get = ({ token, project, url }: Client, resource: string): Promise<Discarded> =>
    discardingGet(`${url}/v3/${project}/${resource}`, { "X-Auth-Token": token });

  /** Sends requests of an innocent client, one after the other, until some work is done. */
  async function beside(work: Promise<unknown>): Promise<readonly Discarded[]> {
    const responses: Discarded[] = [];
    let busy = true;
    const done = work.finally(() => {
      busy = false;
    });
    while (busy) {
      // The default limit makes a list one that may be large.
      for (const resource of ["volume-transfers", "volumes/detail", "volume-transfers/detail?limit=10"])
        responses.push(await get(innocent, resource));
    }
    await done;
    return responses;
  }

  it("are all given when 32 lists of 1,000 volumes are asked for at once", async () => {
    const client = new Client(service.url);
    const creations = Array.from({ length: 20 }, async () => {
      for (let i = 0; i < 50; i++)
        await client.createVolume({
          name: "n".repeat(200),
          metadata: { description: "d".repeat(255), key: "v".repeat(255), more: "m".repeat(255) },
        });
    });
    await Promise.all(creations);
    // Requests with the same limit would share a result.
    const lists = Promise.all(
      Array.from({ length: 32 }, (_, i) => get(client, `volumes/detail?limit=${1000 - i}`)),
    );
    const others = await beside(lists);
    expect((await lists).map(({ status }) => status)).toEqual(Array(32).fill(200));
    expect(others.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it("leave other projects their turn while 24 connections poll volumes with 100 KB of metadata each", async () => {
    const client = new Client(service.url);
    for (let i = 0; i < 10; i++) await client.createVolume({ metadata: METADATA });
    const end = Date.now() + POLLING_MS;
    const polled: Discarded[] = [];
    const poll = async () => {
      while (Date.now() < end) polled.push(await get(client, "volumes/detail"));
    };
    const responses = await beside(Promise.all(Array.from({ length: POLLERS }, poll)));
    expect(polled.filter(({ status, bytes }) => status !== 200 || bytes < 1_000_000)).toEqual([]);
    expect(responses.filter(({ status }) => status !== 200)).toEqual([]);
    const p99 = percentile(
      responses.map(({ ms }) => ms),
      0.99,
    );
    expect(p99).toBeLessThan(MAX_P99_MS);
  });
});
