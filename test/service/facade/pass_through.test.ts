import { once } from "node:events";
import { request } from "node:http";
import { Readable } from "node:stream";
import { buffer, json } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DATABASES } from "../../support/databases.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { digest, open, send, Upstream } from "./upstream.ts";

const TIMEOUT_MS = 2000;
const SLOTS = 6;
const CHUNK = Buffer.alloc(65_536, "cinder");
const CHUNKS = 1600;
/** 10 MB. */
const FEWER_CHUNKS = 160;
/** A limit that only a service in error reaches. */
const WAIT = { timeout: 30_000, interval: 20 };

let keystone: FakeKeystone;
let cinder: Upstream;
let running: ServiceOnBoth;
beforeAll(async () => {
  [keystone, cinder] = await Promise.all([FakeKeystone.start(), Upstream.start()]);
  running = await startOnBoth({
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    CINDER_URL: `${cinder.url}/volume/v3`,
    CINDER_TIMEOUT_MS: String(TIMEOUT_MS),
    MAX_REQUESTS_IN_FLIGHT: String(SLOTS),
    LOG_REQUESTS: "none",
  });
});
afterAll(async () => {
  await running?.stop();
  await Promise.all([keystone?.stop(), cinder?.stop()]);
});

/** Returns a body. */
function* chunks(count: number) {
  for (let i = 0; i < count; i++) yield CHUNK;
}

describe.each(DATABASES)("a request that is passed to Cinder, on %s", (database) => {
  const url = () => running[database].url;

  it.each([
    "/",
    "/v3",
    "/v3/",
    "/v2/",
    "/nowhere",
    "/favicon.ico",
    "/v3/p/volumes/",
    "/v3//p///volumes",
    "/v3/p/volumes.json",
    "/v3/p/volumes/a%2Fb%20c",
    "/v3/p/volumes?limit=1&limit=2&&name~=%2f+%C3%A9&a",
    "/v3/p/volumes?",
    "/v3/p/volumes/detail?name=volume-transfers",
    "/v3/p/types/events-and-more",
  ])("has the path and the query that the client sent: %s", async (path) => {
    cinder.behaviour = (_request, response) => response.end("found");
    expect((await send(url(), path)).text).toBe("found");
    expect(cinder.last.url).toBe(`/volume${path}`);
    // Cinder's links have the path of CINDER_URL.
    if (path === "/") return;
    await send(url(), `/volume${path}`);
    expect(cinder.last.url).toBe(`/volume${path}`);
  });

  it("has the headers that the client sent, except for those of the connection", async () => {
    cinder.behaviour = (_request, response) => {
      response.writeHead(200, {
        "Content-Type": "application/json",
        "X-Openstack-Request-Id": "req-cinders",
        "X-Compute-Request-Id": "req-cinders",
        "X-Of-This-Hop": "1",
        Connection: "X-Of-This-Hop",
        "Set-Cookie": ["a=1", "b=2"],
      });
      response.end("{}");
    };
    const { headers } = await send(url(), "/v3/p/volumes", {
      headers: {
        "X-Auth-Token": "nobody",
        "OpenStack-API-Version": "volume 3.999",
        Accept: "application/json, */*;q=0.1",
        Connection: "close, X-Of-Another-Hop",
        "X-Of-Another-Hop": "1",
        TE: "trailers",
        "Proxy-Authorization": "secret",
        Forwarded: "host=elsewhere",
        "X-Forwarded-Host": "elsewhere",
        "X-Forwarded-Prefix": "/elsewhere",
        "X-Openstack-Request-Id": "nonsense",
      },
    });
    expect(cinder.last.headers).toMatchObject({
      "x-auth-token": "nobody",
      "openstack-api-version": "volume 3.999",
      accept: "application/json, */*;q=0.1",
      "x-forwarded-host": new URL(url()).host,
      "x-forwarded-proto": "http",
      "x-openstack-request-id": expect.stringMatching(/^req-[0-9a-f-]{36}$/),
    });
    for (const name of ["x-of-another-hop", "te", "proxy-authorization", "forwarded", "x-forwarded-prefix"])
      expect(cinder.last.headers).not.toHaveProperty(name);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-openstack-request-id": "req-cinders",
      "x-compute-request-id": "req-cinders",
      "set-cookie": ["a=1", "b=2"],
    });
    expect(headers).not.toHaveProperty("x-of-this-hop");
  });

  it("tells Cinder the id by which the client follows the request", async () => {
    const id = "req-01234567-89ab-cdef-0123-456789abcdef";
    cinder.behaviour = (_request, response) => response.end();
    await send(url(), "/v3/p/volumes", { headers: { "X-Openstack-Request-Id": id } });
    expect(cinder.last.headers["x-openstack-request-id"]).toBe(id);
  });

  it.each([200, 202, 300, 400, 404, 413, 418, 500, 503])(
    "returns a status and a body as they are: %i",
    async (status) => {
      cinder.behaviour = (_request, response) =>
        response.writeHead(status, { "Retry-After": "7", "Content-Length": "3" }).end("é{");
      expect(await send(url(), "/v3/p/volumes")).toMatchObject({
        status,
        headers: { "retry-after": "7", "content-length": "3" },
        text: "é{",
      });
    },
  );

  it.each([204, 304])("returns a status without a body: %i", async (status) => {
    cinder.behaviour = (_request, response) => response.writeHead(status, { ETag: '"1"' }).end();
    const answer = await send(url(), "/v3/p/volumes", { headers: { "If-None-Match": '"1"' } });
    expect(answer).toMatchObject({ status, headers: { etag: '"1"' }, text: "" });
    expect(cinder.last.headers["if-none-match"]).toBe('"1"');
  });

  it("returns the headers of a HEAD", async () => {
    cinder.behaviour = (_request, response) => response.writeHead(200, { "Content-Length": "345" }).end();
    const { status, headers, text } = await send(url(), "/v3/p/volumes", { method: "HEAD" });
    expect([status, headers["content-length"], text]).toEqual([200, "345", ""]);
    expect(cinder.last.method).toBe("HEAD");
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "sends a %s with and without a body",
    async (method) => {
      cinder.behaviour = async (request, response) => response.end(await buffer(request));
      const { text } = await send(url(), "/v3/p/volumes", {
        method,
        headers: { "Content-Length": "8" },
        body: '{"a": 1}',
      });
      expect([text, cinder.last.headers["content-length"]]).toEqual(['{"a": 1}', "8"]);
      expect((await send(url(), "/v3/p/volumes", { method })).text).toBe("");
      expect(cinder.last.method).toBe(method);
      expect(cinder.last.headers["content-length"] ?? "0").toBe("0");
    },
  );

  it("follows no redirect, and names the public address in place of Cinder's", async () => {
    const locationOf = async (location: string) => {
      cinder.behaviour = (_request, response) => response.writeHead(302, { Location: location }).end();
      const { status, headers } = await send(url(), "/v3/p/volumes");
      return [status, headers.location];
    };
    expect(await locationOf(`${cinder.url}/volume/v3/`)).toEqual([302, `${url()}/v3/`]);
    expect(await locationOf("https://elsewhere/v3/")).toEqual([302, "https://elsewhere/v3/"]);
    expect(await locationOf("/v3/")).toEqual([302, "/v3/"]);
    expect(cinder.requests).toHaveLength(1);
  });

  it("leaves a compressed body as it is", async () => {
    const compressed = gzipSync('{"volumes": []}');
    cinder.behaviour = (_request, response) =>
      response
        .writeHead(200, { "Content-Encoding": "gzip", "Content-Length": compressed.length })
        .end(compressed);
    const response = await open(url(), "/v3/p/volumes", { headers: { "Accept-Encoding": "gzip" } });
    expect(response.headers["content-encoding"]).toBe("gzip");
    expect(await buffer(response)).toEqual(compressed);
  });

  it.each([
    ["100 MB, chunked", CHUNKS, {}],
    ["10 MB, of a known length", FEWER_CHUNKS, { "Content-Length": String(CHUNK.length * FEWER_CHUNKS) }],
  ])("streams a body in both directions: %s", async (_kind, count, headers) => {
    const all = await digest(Readable.from(chunks(count)));
    cinder.behaviour = async (request, response) => {
      const got = await digest(request);
      response.writeHead(200, { ...headers, "X-Got": JSON.stringify(got) });
      Readable.from(chunks(count)).pipe(response);
    };
    const { hostname, port } = new URL(url());
    const path = "/v3/p/volumes";
    const outgoing = request({ hostname, port, path, method: "POST", headers, agent: false });
    Readable.from(chunks(count)).pipe(outgoing);
    const [response] = await once(outgoing, "response");
    expect(JSON.parse(response.headers["x-got"])).toEqual(all);
    expect(await digest(response)).toEqual(all);
  });

  it("sends a part of a body before the next one exists", async () => {
    cinder.behaviour = (request, response) => {
      response.writeHead(200);
      request.on("data", (part) => response.write(part)).on("end", () => response.end());
    };
    const { hostname, port } = new URL(url());
    const outgoing = request({ hostname, port, path: "/v3/p/volumes", method: "POST", agent: false });
    outgoing.write("first");
    const [response] = await once(outgoing, "response");
    expect(String((await once(response, "data"))[0])).toBe("first");
    outgoing.end("second");
    expect(String((await once(response, "data"))[0])).toBe("second");
  });

  it("answers Expect: 100-continue itself", async () => {
    cinder.behaviour = async (request, response) => response.end(await buffer(request));
    const { hostname, port } = new URL(url());
    const headers = { Expect: "100-continue", "Content-Length": "4" };
    const outgoing = request({
      hostname,
      port,
      path: "/v3/p/volumes",
      method: "POST",
      headers,
      agent: false,
    });
    outgoing.flushHeaders();
    await once(outgoing, "continue");
    outgoing.end("body");
    const [response] = await once(outgoing, "response");
    expect(String(await buffer(response))).toBe("body");
    expect(cinder.last.headers).not.toHaveProperty("expect");
  });

  it.each([
    ["closes the connection", () => cinder.last.socket.destroy()],
    ["resets the connection", () => cinder.last.socket.resetAndDestroy()],
    ["sends no HTTP", () => cinder.last.socket.end("nonsense\r\n\r\n")],
    ["sends half of a head", () => cinder.last.socket.end("HTTP/1.1 200 OK\r\nContent-Le")],
  ])("is a 502 if Cinder %s", async (_what, end) => {
    for (const method of ["GET", "POST"]) {
      cinder.behaviour = () => end();
      const response = await open(url(), "/v3/p/volumes", { method });
      expect(response.statusCode).toBe(502);
      expect(await json(response)).toEqual({
        computeFault: { code: 502, message: expect.stringContaining("Cinder is unavailable") },
      });
      expect(response.headers["x-openstack-request-id"]).toMatch(/^req-/);
      if (method === "POST") expect(cinder.requests).toHaveLength(1);
    }
  });

  it("is a 504 if Cinder does not answer in time", async () => {
    cinder.behaviour = () => {};
    const { status, text } = await send(url(), "/v3/p/volumes");
    expect([status, JSON.parse(text).computeFault.code]).toEqual([504, 504]);
  });

  it.each([
    ["of a known length", { "Content-Length": "100000" }],
    ["chunked", {}],
  ])("never looks complete if Cinder breaks off in the body: %s", async (_kind, headers) => {
    cinder.behaviour = (_request, response) => {
      response.writeHead(200, headers);
      response.write("x".repeat(50_000), () => setTimeout(() => response.socket?.resetAndDestroy(), 50));
    };
    const response = await open(url(), "/v3/p/volumes");
    await expect(buffer(response)).rejects.toThrow("aborted");
    expect(response.complete).toBe(false);
  });

  it("is cancelled at Cinder if the client leaves", async () => {
    let closed = false;
    cinder.behaviour = (request) =>
      void request.socket.on("close", () => {
        closed = true;
      });
    const { hostname, port } = new URL(url());
    const outgoing = request({ hostname, port, path: "/v3/p/volumes", agent: false }).on("error", () => {});
    outgoing.end();
    await vi.waitFor(() => expect(cinder.requests).toHaveLength(1), WAIT);
    outgoing.socket?.resetAndDestroy();
    const left = Date.now();
    await vi.waitFor(() => expect(closed).toBe(true), { ...WAIT, timeout: TIMEOUT_MS - 500 });
    expect(Date.now() - left).toBeLessThan(TIMEOUT_MS - 500);
  });

  it("is a 503 beyond the limit, and takes no slot of the service's own requests", async () => {
    cinder.behaviour = () => {};
    const token = keystone.issue({ project: "a".repeat(32) });
    const waiting = Array.from({ length: SLOTS }, () => send(url(), "/v3/p/volumes"));
    await vi.waitFor(() => expect(cinder.requests).toHaveLength(SLOTS), WAIT);
    const { status, headers } = await send(url(), "/v3/p/volumes");
    expect([status, headers["retry-after"]]).toEqual([503, "2"]);
    const own = await send(url(), "/v3/events", { headers: { "X-Auth-Token": token } });
    expect(own.status).toBe(200);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 504));
  });

  it("is none for the paths of the service itself", async () => {
    cinder.behaviour = (_request, response) => response.end();
    for (const path of ["/healthcheck", "/docs", "/openapi.json", "/handoff", "/handoff/session", "/metrics"])
      await send(url(), path);
    expect((await send(url(), "/v3/p/events")).status).toBe(401);
    expect((await send(url(), "/v3/p/volume-transfers")).status).toBe(401);
    expect((await send(url(), "/v3/p%2fos-volume-transfer//detail")).status).toBe(401);
    expect(cinder.requests).toEqual([]);
  });
});
