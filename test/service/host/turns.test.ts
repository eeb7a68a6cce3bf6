import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type HttpServer, listen } from "../../../src/host/server.ts";

let server: HttpServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.stop(Promise.resolve());
});

/** Opens a connection, and returns once the server has accepted it. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  await send(socket, "before");
  return socket;
}

/** Sends a request, and returns when its response has begun. */
async function send(socket: Socket, path: string, headers = ""): Promise<void> {
  socket.write(`GET /${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
  await once(socket, "data");
}

describe("the turns of requests", () => {
  it.each([
    ["without a token", ""],
    ["with the token of another caller", "X-Auth-Token: other\r\n"],
  ])("do not let a caller wait for hundreds of requests %s", async (_title, headers) => {
    const answered: string[] = [];
    server = await listen(
      (request) => {
        answered.push(new URL(request.url).pathname);
        return Promise.resolve(new Response("OK"));
      },
      { host: "127.0.0.1", port: 0, keepsGlobals: true },
    );
    const { port } = server;
    const others = await Promise.all(Array.from({ length: 300 }, () => open(port)));
    const own = await open(port);
    answered.length = 0;
    await Promise.all([
      ...others.map((socket) => send(socket, "openapi.json", headers)),
      send(own, "volumes", "X-Auth-Token: own\r\n"),
    ]);
    expect(answered).toHaveLength(301);
    // Those that were read in the turns before it: fewer than half of them.
    expect(answered.indexOf("/volumes")).toBeLessThan(150);
  });
});
