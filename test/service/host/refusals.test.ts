import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { answerRefused } from "../../../src/host/refusals.ts";
import { listen } from "../../../src/host/server.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const HOST = "127.0.0.1";

/** Starts a server whose requests are answered with what they have as body. */
async function start(answer = async (request: Request) => new Response(await request.text())) {
  const server = await listen(answer, { host: HOST, port: 0, keepsGlobals: true });
  stops.push(() => server.stop(Promise.resolve()));
  return server.port;
}

/** Sends bytes, and returns what comes until the connection ends, or for a while. */
async function exchange(port: number, ...parts: readonly string[]): Promise<string> {
  const socket = connect(port, HOST).on("error", () => {});
  const closed = once(socket, "close");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  for (const part of parts) {
    socket.write(part, "latin1");
    await sleep(50);
  }
  await Promise.race([closed, sleep(300)]);
  socket.destroy();
  return received;
}

/** The parts of a response that is a fault, of which there is exactly one. */
function faultIn(response: string) {
  const [head = "", body = ""] = response.split("\r\n\r\n");
  expect(response.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(head).toMatch(/^x-openstack-request-id: req-[0-9a-f-]{36}$/im);
  expect(head).toMatch(/^content-type: application\/json$/im);
  expect(head).toMatch(new RegExp(`^content-length: ${body.length}$`, "im"));
  return JSON.parse(body);
}

const GET = "GET /v3/ HTTP/1.1\r\nHost: a\r\n";
const POST = "POST /v3/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("what is not a request gets a fault and a request id", () => {
  it.each([
    ["a control character in a header", `${GET}X-A: a\u0001b\r\n\r\n`, "Invalid header value char"],
    ["no HTTP at all", "hello\r\n\r\n", "Invalid method encountered"],
    ["an unknown method", "BREW /v3/ HTTP/1.1\r\nHost: a\r\n\r\n", "Invalid method encountered"],
    ["a blank in the path", "GET /v3/a b HTTP/1.1\r\nHost: a\r\n\r\n", "Expected HTTP/, RTSP/ or ICE/"],
    ["two lengths", `${GET}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, "Duplicate Content-Length"],
    [
      "a length and chunks",
      `${GET}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      "Transfer-Encoding can't be present with Content-Length",
    ],
    ["a chunk without a length", `${POST}zz\r\n{}\r\n0\r\n\r\n`, "Invalid character in chunk size"],
  ])("%s", async (_title, bytes, reason) => {
    expect(faultIn(await exchange(await start(), bytes))).toEqual({
      badRequest: { code: 400, message: `The request is not valid HTTP: ${reason}.` },
    });
  });

  it.each([
    ["a Host that is none", "GET /v3/ HTTP/1.1\r\nHost: a b\r\n\r\n", "Invalid URL"],
    ["a Host with a path", "GET /v3/ HTTP/1.1\r\nHost: a/b\r\n\r\n", "Invalid host header"],
    ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "Invalid URL"],
    ["a path with a backslash", "GET /v3\\x HTTP/1.1\r\nHost: a\r\n\r\n", "Backslash in request path"],
  ])("%s", async (_title, bytes, reason) => {
    expect(faultIn(await exchange(await start(), bytes))).toEqual({
      badRequest: { code: 400, message: `The URL of the request is malformed: ${reason}.` },
    });
  });

  it.each([
    ["no Host", "GET /v3/ HTTP/1.1\r\n\r\n", "The request has no header Host."],
    ["CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "This is not a proxy."],
  ])("%s", async (_title, bytes, message) => {
    expect(faultIn(await exchange(await start(), bytes))).toEqual({ badRequest: { code: 400, message } });
  });

  it("headers that are too large, however many come", async () => {
    const port = await start();
    for (const length of [20_000, 2_000_000]) {
      expect(faultIn(await exchange(port, `${GET}X-A: ${"a".repeat(length)}\r\n\r\n`))).toEqual({
        computeFault: {
          code: 431,
          message: "The path and the headers of the request are too large. Send fewer or shorter ones.",
        },
      });
    }
  });

  it("headers that do not arrive", async () => {
    const server: Server = createServer({ headersTimeout: 100, connectionsCheckingInterval: 50 });
    answerRefused(server, () => undefined);
    stops.push(() => server.close());
    await once(server.listen(0, HOST), "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(faultIn(await exchange(port, "GET /v3/ HTTP/1.1\r\n"))).toEqual({
      computeFault: { code: 408, message: "The request did not arrive in time." },
    });
  });

  it("an error that the service has not answered, without its details", async () => {
    const port = await start(() => Promise.reject(new Error("secret")));
    expect(faultIn(await exchange(port, `${GET}\r\n`))).toEqual({
      computeFault: {
        code: 500,
        message: "The server has either erred or is incapable of performing the requested operation.",
      },
    });
  });
});

describe("what follows a request and is none", () => {
  it("is refused after the response to the request", async () => {
    const received = await exchange(
      await start(async () => {
        await sleep(100);
        return new Response("first");
      }),
      `${GET}\r\nhello\r\n\r\n`,
    );
    expect(received).toMatch(
      /^HTTP\/1\.1 200 OK[\s\S]*first[\s\S]*HTTP\/1\.1 400 Bad Request[\s\S]*not valid HTTP/,
    );
  });

  it("closes the connection if the response has begun", async () => {
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("begun")) });
    const received = await exchange(
      await start(() => Promise.resolve(new Response(stream))),
      POST,
      "zz\r\n{}\r\n0\r\n\r\n",
    );
    expect(received).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*begun\r\n$/);
  });
});

it("an unknown expectation is ignored, as by Cinder", async () => {
  const received = await exchange(await start(), `${GET}Expect: more\r\n\r\n`);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK/);
});
