import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UnreadResponses } from "../../../src/host/unread_responses.ts";
import { Client } from "../../support/client.ts";
import { startCommand } from "../../support/command.ts";
import { memoryMb } from "../../support/process_stats.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const HOST = "127.0.0.1";
/** More than the system buffers for a connection. */
const LARGE = 20_000_000;

/** Sends a request on a new connection, of which nothing is read. */
async function request(port: number, path = "/", headers = ""): Promise<Socket> {
  const socket = connect(port, HOST)
    .on("error", () => {})
    .pause();
  stops.push(() => socket.destroy());
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
  return socket;
}

describe("a response that its client does not read", () => {
  /** Starts a server with large responses. */
  async function start(limits: ConstructorParameters<typeof UnreadResponses>[0]) {
    const unread = new UnreadResponses(limits);
    const arrived: string[] = [];
    const closed: string[] = [];
    const server = createServer((incoming, outgoing) => {
      unread.add(outgoing);
      arrived.push(incoming.url ?? "");
      outgoing.end(Buffer.alloc(LARGE, "x"));
      outgoing.once("close", () => {
        if (!outgoing.writableFinished) closed.push(incoming.url ?? "");
      });
    });
    stops.push(() => {
      unread.stop();
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, HOST);
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    return { port: address.port, arrived, closed };
  }

  it("loses its connection after a time in which the client has read nothing", async () => {
    const { port, closed } = await start({ timeoutMs: 300, maxBytes: 2 * LARGE });
    await request(port, "/unread");
    await vi.waitFor(() => expect(closed).toEqual(["/unread"]), { timeout: 20_000 });
  });

  it("keeps its connection while the client reads, however slowly", async () => {
    const { port, closed } = await start({ timeoutMs: 2000, maxBytes: 2 * LARGE });
    const socket = await request(port, "/slow");
    let bytes = 0;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 10);
    });
    socket.resume();
    await once(socket, "end");
    expect(bytes).toBeGreaterThan(LARGE);
    expect(closed).toEqual([]);
  });

  it("loses its connection when others wait with too many bytes, the oldest first; who reads gets all", async () => {
    const { port, arrived, closed } = await start({ maxBytes: 3.5 * LARGE });
    for (const path of ["/1", "/2", "/3", "/4", "/5"]) {
      await request(port, path);
      await vi.waitFor(() => expect(arrived).toContain(path), { timeout: 20_000 });
    }
    await vi.waitFor(() => expect(closed.toSorted()).toEqual(["/1", "/2"]), { timeout: 20_000 });
    const reader = await request(port, "/reader");
    expect((await buffer(reader)).length).toBeGreaterThan(LARGE);
    expect(closed).not.toContain("/reader");
  });
});

describe("npm run serve", () => {
  it("keeps its memory while 100 lists of 4 MB are not read, and 500 more that are pipelined", async () => {
    const DATA_DIR = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
    stops.push(() => rmSync(DATA_DIR, { recursive: true }));
    const service = await startCommand("serve", { ...NO_QUOTA, DATA_DIR, LOG_REQUESTS: "none" });
    stops.push(() => service.stop("SIGKILL"));
    const client = new Client(service.url);
    const metadata = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [i, "x".repeat(255)]));
    for (let i = 0; i < 42; i++) await client.createVolume({ metadata });
    const port = Number(new URL(service.url).port);
    const headers = `X-Auth-Token: ${client.token}\r\n`;
    const sockets: Socket[] = [];
    for (let i = 0; i < 100; i++) sockets.push(await request(port, "/v3/volumes/detail", headers));
    const pipelining = await request(port, "/v3/volumes/detail", headers);
    pipelining.write(`GET /v3/volumes/detail HTTP/1.1\r\nHost: x\r\n${headers}\r\n`.repeat(500));
    const innocent = new Client(service.url);
    const answered = async () => {
      const list = await innocent.get("volumes/detail");
      return list.status;
    };
    for (let i = 0; i < 20; i++) expect(await answered()).toBe(200);
    expect(memoryMb(service.process.pid).peak).toBeLessThan(700);
  });
});
