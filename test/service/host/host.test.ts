import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import Database from "libsql";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startVolumeTransfers, type VolumeTransfersService } from "../../../src/cli/testing.ts";
import { Client } from "../../support/client.ts";
import { startCommand } from "../../support/command.ts";
import { startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function startForTests(
  options: Parameters<typeof startVolumeTransfers>[0] = {},
): Promise<VolumeTransfersService> {
  const service = await startVolumeTransfers(options);
  stops.push(service.close);
  return service;
}

const volumes = async (url: string) =>
  (await new Client(url, { project: "alpha" }).get("volumes")).body.volumes;

describe("startVolumeTransfers", () => {
  it("starts services that do not see each other, each with a log of its own", async () => {
    const lines: [string[], string[]] = [[], []];
    const [first, second] = [
      await startForTests({ log: (line) => lines[0].push(line) }),
      await startForTests({ log: (line) => lines[1].push(line) }),
    ];
    await new Client(first.url, { project: "alpha" }).createVolume();
    expect(await volumes(first.url)).toHaveLength(1);
    expect(await volumes(second.url)).toHaveLength(0);
    const requests = lines.map((log) => log.filter((line) => line.includes('"event":"request"')).length);
    expect(requests).toEqual([2, 1]);
  });

  it("removes what was created at reset: volumes, types, quotas, counts and events", async () => {
    const { url, reset } = await startForTests({ variables: { OFFERS_PER_MINUTE: "1" } });
    for (let round = 0; round < 3; round++) {
      const client = new Client(url, { project: "alpha" });
      expect((await client.get("events")).body.events).toEqual([]);
      const transfer = await client.createVolumeAndTransfer();
      expect((await client.createTransfer(await client.createVolume())).status).toBe(429);
      expect((await new Client(url, { project: "beta" }).accept(transfer)).status).toBe(202);
      await reset();
      expect(await volumes(url)).toEqual([]);
    }
  });

  it("leaves the globals of the process as they are", async () => {
    const before = [globalThis.Request, globalThis.Response, globalThis.console];
    await startForTests();
    expect([globalThis.Request, globalThis.Response, globalThis.console]).toEqual(before);
  });

  it("rejects an invalid variable, and names it", async () => {
    await expect(startVolumeTransfers({ variables: { QUOTA_VOLUMES: "many" } })).rejects.toThrow(
      "QUOTA_VOLUMES must be a whole number",
    );
  });

  it("rejects a port that is in use", async () => {
    const { url } = await startForTests();
    await expect(startVolumeTransfers({ port: Number(new URL(url).port) })).rejects.toThrow("is in use");
  });
});

describe("a request of HTTP/1.0", () => {
  it.each(["/readyz", "/healthcheck"])("needs no Host: health checks ask for %s without", async (path) => {
    const { hostname, port } = new URL((await startForTests()).url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nOK$/);
  });
});

describe("a connection with pipelined requests", () => {
  it("has its responses in order, and others are answered in between", async () => {
    const { url } = await startForTests();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const requests = Array.from(
      { length: 300 },
      (_, i) =>
        `GET /v3/alpha/volumes?limit=${i + 1} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: alice:alpha\r\nX-OpenStack-Request-Id: req-${i}\r\n\r\n`,
    );
    let received = "";
    const count = () => received.match(/HTTP\/1\.1 200/g)?.length ?? 0;
    socket.setEncoding("utf8").on("data", (text) => {
      received += text;
    });
    socket.write(requests.join(""));
    await vi.waitFor(() => expect(count()).toBeGreaterThan(0), { interval: 1 });
    await volumes(url);
    expect(count()).toBeLessThan(requests.length);
    await vi.waitFor(() => expect(count()).toBe(requests.length), { timeout: 20_000 });
    socket.destroy();
  });
});

describe("a thousand connections at once", () => {
  it("are all answered before any of them is answered a hundred times", async () => {
    const service = await startCommand("serve", {
      ...NO_QUOTA,
      DATA_DIR: mkdtempSync(path.join(tmpdir(), "volume-transfers-test-")),
    });
    stops.push(async () => void (await service.stop()));
    const { hostname, port } = new URL(service.url);
    const answers = Array.from({ length: 1000 }, () => 0);
    const sockets = answers.map((_, i) => {
      const socket = connect(Number(port), hostname);
      const send = () => socket.write("GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n");
      socket.on("connect", send).on("data", () => {
        answers[i] = (answers[i] ?? 0) + 1;
        send();
      });
      return socket;
    });
    await vi.waitFor(() => expect(Math.min(...answers)).toBeGreaterThan(0), { timeout: 50_000, interval: 5 });
    expect(Math.max(...answers)).toBeLessThan(100);
    for (const socket of sockets) socket.destroy();
  });
});

describe("the service on a file", () => {
  const start = async (variables: Readonly<Record<string, string>> = {}) => {
    const service = await startLibsqlService({ ...NO_QUOTA, AUTH_STRATEGY: "noauth", ...variables });
    stops.push(service.stop);
    return service;
  };

  it("shares transactions between concurrent writes, and each has its own response", async () => {
    const { url, file } = await start({
      METRICS_TOKEN: "secret-of-the-metrics",
      MAX_REQUESTS_IN_FLIGHT: "64",
      DATABASE_TIMEOUT_MS: "25000",
    });
    const client = new Client(url, { project: "alpha" });
    // The first write waits for another process, and the others meanwhile for the first.
    const other = new Database(file, { timeout: 5000 });
    other.exec("begin immediate");
    const writes = Array.from({ length: 64 }, (_, i) => client.createVolume({ name: `${i}` }));
    // It takes no slot itself: the last write would find none.
    await vi.waitFor(async () => expect((await fetch(`${url}/healthcheck`)).status).toBe(503), {
      timeout: 20_000,
    });
    other.exec("commit");
    other.close();
    const created = await Promise.all(writes);
    const found = (await client.get("volumes")).body.volumes.map(({ id }) => id);
    expect(found.sort()).toEqual(created.sort());
    const metrics = await (
      await fetch(`${url}/metrics`, { headers: { Authorization: "Bearer secret-of-the-metrics" } })
    ).text();
    const [, groups] = /^volume_transfers_group_requests_count\{mode="write"\} (\d+)$/m.exec(metrics) ?? [];
    expect(Number(groups)).toBeLessThan(10);
  });

  it("answers as before after 240 clients have reset their connections, with 8 slots", async () => {
    const LIMIT = 8;
    // Leases end by themselves after longer than this test waits.
    const { url, file } = await start({
      MAX_REQUESTS_IN_FLIGHT: String(LIMIT),
      DATABASE_TIMEOUT_MS: "25000",
      BODY_TIMEOUT_MS: "25000",
    });
    const { hostname, port } = new URL(url);
    /** Opens 80 connections, and sends the beginning of a request, or all of it, on each. */
    const sendAll = (start: string, length: number, body: string) =>
      Promise.all(
        Array.from({ length: 80 }, async () => {
          const socket = connect(Number(port), hostname).on("error", () => {});
          await once(socket, "connect");
          const headers = "Host: x\r\nX-Auth-Token: alice:alpha\r\nContent-Type: application/json";
          socket.write(`${start} HTTP/1.1\r\n${headers}\r\nContent-Length: ${length}\r\n\r\n${body}`);
          return socket;
        }),
      );
    const client = new Client(url, { project: "alpha", tolerant: true });
    const statuses = async () => {
      const requests = Array.from({ length: LIMIT }, () => client.get("volumes"));
      return (await Promise.all(requests)).map(({ status }) => status);
    };
    const answersAll = Array<number>(LIMIT).fill(200);
    expect(await statuses()).toEqual(answersAll);
    const create = JSON.stringify({ volume: { size: 1 } });

    for (const socket of await sendAll("GET /v3/alpha/volumes", 0, "")) socket.resetAndDestroy();
    const halves = await sendAll("POST /v3/alpha/volumes", create.length, create.slice(0, -1));
    // All of the requests that may be admitted wait for the rest of their bodies.
    await vi.waitFor(async () => expect(await statuses()).toContain(503), { timeout: 20_000 });
    for (const socket of halves) socket.resetAndDestroy();
    await vi.waitFor(async () => expect(await statuses()).toEqual(answersAll), { timeout: 20_000 });

    const other = new Database(file, { timeout: 5000 });
    other.exec("begin immediate");
    const writes = await sendAll("POST /v3/alpha/volumes", create.length, create);
    await vi.waitFor(async () => expect(await statuses()).toContain(503), { timeout: 20_000 });
    for (const socket of writes) socket.resetAndDestroy();
    other.exec("commit");
    other.close();
    await vi.waitFor(async () => expect(await statuses()).toEqual(answersAll), { timeout: 20_000 });
    expect((await client.send("POST", "volumes", { volume: { size: 1 } })).status).toBe(202);
  });

  it("returns 503 and names the command if migrations are missing", async () => {
    const { url, file, lines } = await start();
    const other = new Database(file, { timeout: 5000 });
    other.exec("drop table volumes");
    other.close();
    const { status, body } = await new Client(url, { tolerant: true }).get("volumes");
    expect(status).toBe(503);
    expect(body.serviceUnavailable?.message).toContain("migrations. `npm run migrate");
    expect(lines.join("\n")).toContain("no such table: volumes");
  });

  it("waits for a write of another process, and then goes on", async () => {
    const { url, file } = await start();
    const client = new Client(url);
    const other = new Database(file, { timeout: 5000 });
    other.exec("begin immediate");
    const waiting = client.createVolume();
    expect((await client.get("volumes")).body.volumes).toEqual([]);
    other.exec("commit");
    other.close();
    expect((await client.get(`volumes/${await waiting}`)).status).toBe(200);
  });
});
