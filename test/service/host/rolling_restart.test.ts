import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { migrationsFolder, projectFolder } from "../../../src/cli/settings/settings.ts";
import { runCommand } from "../../support/command.ts";
import { SocketActivatedService } from "../../support/socket_activation.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const PROJECT = "alpha";
const HEADERS = { "X-Auth-Token": `alice:${PROJECT}`, "Content-Type": "application/json" };
/** The time between two requests of a client, milliseconds. */
const PAUSE_MS = 10;
/** When the migration of the later version was made: after all others. */
const LATER = 9_000_000_000_000;

let folder: string;
let service: SocketActivatedService | undefined;
const sockets: Socket[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await service?.stop();
  service = undefined;
  rmSync(folder, { recursive: true });
});

const start = async (program?: string): Promise<SocketActivatedService> => {
  const env = { ...NO_QUOTA, DATA_DIR: path.join(folder, "data"), MIGRATIONS: path.join(folder, "drizzle") };
  service = await SocketActivatedService.start(env, program === undefined ? {} : { program });
  return service;
};

/** Sends a request on a connection of its own, and returns the status. */
const sendAlone = (url: string, method: string, body?: object): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers: HEADERS, agent: false }, async (response) => {
      await json(response);
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end(body && JSON.stringify(body));
  });

/** Sends a request on a connection that is kept for the next, and returns the status. */
const sendKept = async (url: string, method: string, body?: object): Promise<number> => {
  const response = await fetch(url, { method, headers: HEADERS, body: JSON.stringify(body) ?? null });
  await response.arrayBuffer();
  return response.status;
};

/** Clients that read and write at a steady rate, on kept and on new connections. */
class Load {
  readonly acknowledged: string[] = [];
  readonly failures: unknown[] = [];
  readonly #clients: Promise<void>[];
  #running = true;
  #answers = 0;

  constructor(url: string) {
    const volumes = `${url}/v3/${PROJECT}/volumes`;
    this.#clients = [sendAlone, sendKept].flatMap((send, kind) =>
      [0, 1, 2].flatMap((client) => [
        this.#repeat(200, () => send(`${volumes}?limit=10`, "GET")),
        this.#repeat(202, async (i) => {
          const name = `${kind} ${client} ${i}`;
          const status = await send(volumes, "POST", { volume: { size: 1, name } });
          if (status === 202) this.acknowledged.push(name);
          return status;
        }),
      ]),
    );
  }

  /** Waits until this many further requests have been answered. */
  async untilAnswered(count: number): Promise<void> {
    for (const goal = this.#answers + count; this.#answers < goal; ) await sleep(PAUSE_MS);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
  }

  async #repeat(expected: number, send: (i: number) => Promise<number | undefined>): Promise<void> {
    for (let i = 0; this.#running; i++) {
      const status = await send(i).catch((error: unknown) => error);
      this.#answers++;
      if (status !== expected) this.failures.push(status);
      await sleep(PAUSE_MS);
    }
  }
}

/** Makes the migrations of a later version, whose last one takes about a second and changes no table. */
function writeLaterMigrations(): void {
  const drizzle = path.join(folder, "drizzle");
  cpSync(migrationsFolder, drizzle, { recursive: true });
  const index = path.join(drizzle, "meta/_journal.json");
  const { entries } = z
    .object({ entries: z.array(z.looseObject({})) })
    .parse(JSON.parse(readFileSync(index, "utf8")));
  writeFileSync(index, JSON.stringify({ entries: [...entries, { tag: "9999_later", when: LATER }] }));
  writeFileSync(
    path.join(drizzle, "9999_later.sql"),
    `CREATE TABLE later AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) AS n FROM n;
--> statement-breakpoint
DROP TABLE later;`,
  );
}

/** Returns the names of all volumes, and forgets the migration of the later version, which `fsck` does not know. */
function readDatabase(): string[] {
  const database = new Database(path.join(folder, "data/volume-transfers.db"));
  try {
    database.prepare("delete from __drizzle_migrations where created_at = ?").run(LATER);
    const rows: unknown = database.prepare("select display_name as name from volumes order by name").all();
    return z
      .array(z.object({ name: z.string() }))
      .parse(rows)
      .map(({ name }) => name);
  } finally {
    database.close();
  }
}

/** Opens a connection. It is closed after the test. */
function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  return socket;
}

/** Sends a request on a connection, and returns the headers of the response. */
const exchange = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.write("GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n");
    socket.once("data", (data) => resolve(data.toString()));
    socket.once("error", reject);
    socket.once("end", () => reject(new Error("the connection was closed")));
  });

describe("a restart with a socket that the parent holds", () => {
  it("fails no request, and neither loses nor doubles a write, also if the next version has a migration", async () => {
    writeLaterMigrations();
    const program = path.join(folder, "current");
    const release = (file: string) => {
      symlinkSync(path.join(projectFolder, file), `${program}.new`);
      renameSync(`${program}.new`, program);
    };
    release("src/cli/run.js");
    const { url } = await start(program);
    const load = new Load(url);
    await load.untilAnswered(200);
    await service?.restart();
    await load.untilAnswered(200);
    release("test/service/host/later_version.ts");
    await service?.restart();
    await load.untilAnswered(200);
    await service?.restart();
    await load.untilAnswered(200);
    await load.stop();
    expect(load.failures).toEqual([]);
    await service?.stop();
    expect(readDatabase()).toEqual(load.acknowledged.toSorted());
    const { code, output } = await runCommand("fsck", ["--strict"], { DATA_DIR: path.join(folder, "data") });
    expect(output).toContain("is consistent");
    expect(code).toBe(0);
  });

  it("answers a request on a kept connection, and asks the client to close it", async () => {
    const { url } = await start();
    const kept = open(url);
    expect(await exchange(kept)).toContain("Connection: keep-alive");
    const restarted = service?.restart();
    // New connections are accepted meanwhile.
    await expect.poll(() => exchange(open(url)), { interval: 5 }).toContain("Connection: close");
    expect(await exchange(kept)).toContain("Connection: close");
    await restarted;
  });

  it("closes connections on which nothing comes, and is over within seconds", async () => {
    const { url } = await start();
    const [silent, idle] = [open(url), open(url)];
    await exchange(idle);
    await Promise.all([once(silent, "close"), once(idle, "close"), service?.restart()]);
    expect(await exchange(open(url))).toContain("200 OK");
  });
});
