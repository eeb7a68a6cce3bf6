import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { serverUrl } from "../../src/cli/servers/ready.ts";
import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { HOST, type RestartableServer } from "../support/restartable_server.ts";
import { startWorker } from "../support/worker.ts";

/** The part of a request and of a response of libSQL's HTTP protocol that names a stream. */
const pipeline = z.looseObject({ baton: z.nullish(z.string()), requests: z.optional(z.array(z.unknown())) });

/** A libSQL server that has forgotten every stream when the next request arrives. */
class ForgetfulServer {
  /** Its response to a request that names a stream. Turso's servers respond with either. */
  status = 404;
  /** Whether its responses name a stream. */
  namesStreams = true;
  exchanges = 0;
  readonly #server: Server;

  private constructor(target: string) {
    this.#server = createServer((incoming, outgoing) => {
      void (async () => {
        this.exchanges++;
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk);
        const body = Buffer.concat(chunks).toString();
        if (typeof pipeline.parse(JSON.parse(body)).baton === "string") {
          outgoing.writeHead(this.status, { "Content-Type": "application/json" });
          outgoing.end(JSON.stringify({ message: "stream not found", code: "STREAM_NOT_FOUND" }));
          return;
        }
        const response = await fetch(target + incoming.url, { method: "POST", body });
        const content = pipeline.parse(await response.json());
        outgoing.writeHead(response.status, { "Content-Type": "application/json" });
        outgoing.end(JSON.stringify({ ...content, baton: this.namesStreams ? "forgotten" : null }));
      })().catch(() => incoming.socket.destroy());
    });
  }

  static async start(target: string): Promise<ForgetfulServer> {
    const server = new ForgetfulServer(target);
    server.#server.listen(0, HOST);
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    return serverUrl(HOST, address.port);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const startService = (url: string, variables: Readonly<Record<string, string>> = {}) =>
  startWorker(inject("builtWorker"), { AUTH_STRATEGY: "noauth", LIBSQL_URL: url, ...variables });

async function call(worker: RestartableServer, method: string, path: string, body?: object) {
  const response = await fetch(`${worker.url}/v3/${path}`, {
    method,
    headers: { "X-Auth-Token": "alice:alpha", "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

describe("a libSQL server", () => {
  let database: LibsqlServer;

  beforeAll(async () => {
    database = await startLibsql();
  });
  afterAll(() => database.stop());

  describe("that forgets its streams", () => {
    let server: ForgetfulServer;
    let worker: RestartableServer;

    beforeAll(async () => {
      server = await ForgetfulServer.start(database.url);
      worker = await startService(server.url);
    });
    afterAll(async () => {
      await worker.kill();
      server.stop();
    });

    it.each([
      ["responds to them with 404", { status: 404, namesStreams: true }],
      ["responds to them with 400", { status: 400, namesStreams: true }],
      ["responds without a baton", { status: 404, namesStreams: false }],
    ])("and %s costs no request, and no second exchange", async (_, behaviour) => {
      Object.assign(server, behaviour);
      const { body } = await call(worker, "POST", "volumes", { volume: { size: 1 } });
      server.exchanges = 0;
      const transfer = { volume_id: body.volume.id };
      const created = await call(worker, "POST", "volume-transfers", { transfer });
      expect(created.status).toBe(202);
      const { id, auth_key } = created.body.transfer;
      expect((await call(worker, "GET", `volume-transfers/${id}`)).status).toBe(200);
      const accept = { accept: { auth_key } };
      expect((await call(worker, "POST", `volume-transfers/${id}/accept`, accept)).status).toBe(202);
      expect(server.exchanges).toBe(3);
    });
  });

  it("that restarts costs no request", async () => {
    const worker = await startService(database.url);
    try {
      expect((await call(worker, "POST", "volumes", { volume: { size: 1 } })).status).toBe(202);
      await database.server.kill();
      await database.server.start();
      expect((await call(worker, "POST", "volumes", { volume: { size: 1 } })).status).toBe(202);
    } finally {
      await worker.kill();
    }
  });
});

describe("a libSQL server that requires a token", () => {
  let folder: string;
  let database: LibsqlServer;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
    const keyFile = path.join(folder, "key.pem");
    const { publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(keyFile, publicKey.export({ format: "pem", type: "spki" }));
    database = await startLibsql({ args: ["--auth-jwt-key-file", keyFile], migrate: async () => {} });
  });
  afterAll(async () => {
    await database.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["LIBSQL_AUTH_TOKEN is rejected", { LIBSQL_AUTH_TOKEN: "wrong" }],
    ["LIBSQL_AUTH_TOKEN must be set", {}],
  ])("makes reads and writes 503, and says that %s", async (problem, variables) => {
    const worker = await startService(database.url, variables);
    try {
      const { status, body } = await call(worker, "GET", "volumes");
      expect([status, body.serviceUnavailable.message]).toEqual([503, expect.stringContaining(problem)]);
      const writes = [1, 2, 3].map((size) => call(worker, "POST", "volumes", { volume: { size } }));
      for (const write of await Promise.all(writes)) {
        expect(write.body.serviceUnavailable.message).toContain(problem);
      }
    } finally {
      await worker.kill();
    }
  });
});
