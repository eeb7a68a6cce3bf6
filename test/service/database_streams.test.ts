import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { type DatabaseProxy, type Exchange, startProxy } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { startWorker } from "../support/worker.ts";

/** The number of SQL texts that sqld stores for a stream. */
const STORED_TEXTS = 50;
/** The length of a text from which on sqld does not store it. */
const STORED_LENGTH = 5000;

/** A request of libSQL's HTTP protocol. */
interface PipelineRequest {
  readonly baton?: string | null;
  readonly requests: {
    readonly type: string;
    readonly batch?: { readonly steps: { readonly stmt: { readonly sql?: string } }[] };
  }[];
}

describe("the connections to a libSQL server", () => {
  let database: LibsqlServer;
  let proxy: DatabaseProxy;
  let worker: RestartableServer;
  const exchanges: Exchange[] = [];

  beforeAll(async () => {
    database = await startLibsql();
    proxy = await startProxy(database.url, { onExchange: (exchange) => exchanges.push(exchange) });
    worker = await startWorker(inject("builtWorker"), { AUTH_STRATEGY: "noauth", LIBSQL_URL: proxy.url });
  });
  afterAll(async () => {
    await worker.kill();
    proxy.close();
    await database.stop();
  });

  const call = async (method: string, path: string, body?: object): Promise<number> => {
    const response = await fetch(`${worker.url}/v3/${path}`, {
      method,
      headers: {
        "X-Auth-Token": "alice:alpha",
        "OpenStack-API-Version": "volume 3.71",
        "Content-Type": "application/json",
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    await response.text();
    return response.status;
  };
  const sent = async (work: () => Promise<unknown>) => {
    exchanges.length = 0;
    await work();
    return exchanges.map(({ request }): PipelineRequest => JSON.parse(request));
  };
  const createVolume = async (volume: object): Promise<{ readonly id: string }> => {
    const response = await fetch(`${worker.url}/v3/volumes`, {
      method: "POST",
      headers: { "X-Auth-Token": "alice:alpha", "Content-Type": "application/json" },
      body: JSON.stringify({ volume }),
    });
    return ((await response.json()) as { volume: { id: string } }).volume;
  };

  it("are used again by the requests that follow, which do not send the text of a statement again", async () => {
    const requests = await sent(async () => {
      expect(await call("GET", "volumes")).toBe(200);
      expect(await call("GET", "volumes")).toBe(200);
    });
    expect(requests.map(({ baton }) => typeof baton)).toEqual(["undefined", "string"]);
    expect(requests.map(({ requests }) => requests.map(({ type }) => type))).toEqual([
      ["store_sql", "execute"],
      ["execute"],
    ]);
  });

  it("store no more texts than the server allows", async () => {
    const keys = ["name", "status", "created_at", "updated_at", "size", "id", "bootable"];
    const sorts = keys.flatMap((first) => keys.map((second) => `${first}:desc,${second}:asc`));
    const lists = [...sorts, ...sorts.map((sort) => `${sort}&status=available`)];
    expect(lists.length).toBeGreaterThan(STORED_TEXTS);
    const statuses: number[] = [];
    for (const list of lists) statuses.push(await call("GET", `volumes?sort=${list}`));
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(STORED_TEXTS);
  });

  it("store no text that is longer than the server allows", async () => {
    const { id } = await createVolume({ size: 1, name: "source" });
    const longest = await sent(async () => {
      expect(await call("POST", "volumes", { volume: { source_volid: id, name: "copy" } })).toBe(202);
    });
    const texts = longest.flatMap(({ requests }) =>
      requests.flatMap(({ batch }) => batch?.steps.map(({ stmt }) => stmt.sql ?? "") ?? []),
    );
    // Otherwise this test would show nothing.
    expect(Math.max(...texts.map((text) => text.length))).toBeGreaterThan(STORED_LENGTH);
  });

  it("are replaced after the server has restarted, without a failed or a doubled request", async () => {
    expect(await call("POST", "volumes", { volume: { size: 1, name: "before" } })).toBe(202);
    await database.server.kill();
    await database.server.start();
    expect(await call("POST", "volumes", { volume: { size: 1, name: "after" } })).toBe(202);
    const response = await fetch(`${worker.url}/v3/volumes`, { headers: { "X-Auth-Token": "alice:alpha" } });
    const { volumes } = (await response.json()) as { volumes: { name: string }[] };
    expect(volumes.map(({ name }) => name)).toEqual(["after", "before", "copy", "source"]);
  });
});
