import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { type DatabaseProxy, type Exchange, startProxy } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { startWorker } from "../support/worker.ts";

/** The number of SQL texts that sqld stores for a stream. */
const STORED_TEXTS = 50;

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
    return exchanges.map(({ request }): { baton?: string | null; requests: { type: string }[] } =>
      JSON.parse(request),
    );
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

  it("are replaced after the server has restarted, without a failed or a doubled request", async () => {
    expect(await call("POST", "volumes", { volume: { size: 1, name: "before" } })).toBe(202);
    await database.server.kill();
    await database.server.start();
    expect(await call("POST", "volumes", { volume: { size: 1, name: "after" } })).toBe(202);
    const response = await fetch(`${worker.url}/v3/volumes`, { headers: { "X-Auth-Token": "alice:alpha" } });
    const { volumes } = (await response.json()) as { volumes: { name: string }[] };
    expect(volumes.map(({ name }) => name)).toEqual(["after", "before"]);
  });
});
