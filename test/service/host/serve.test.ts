import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { type CommandService, runCommand, startCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { mountTmpfs, type Tmpfs } from "../../support/tmpfs.ts";
import { NO_QUOTA } from "../../support/worker.ts";

let DATA_DIR: string;
let service: CommandService | undefined;
let disk: Tmpfs | undefined;
beforeEach(() => {
  DATA_DIR = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
});
afterEach(async () => {
  await service?.stop("SIGKILL");
  service = undefined;
  disk?.unmount();
  disk = undefined;
  rmSync(DATA_DIR, { recursive: true });
});

const start = async (folder = DATA_DIR): Promise<CommandService> => {
  service = await startCommand("serve", { ...NO_QUOTA, DATA_DIR: folder });
  return service;
};

/** Runs `npm run serve`, which fails at the start. */
const fail = async (env: Readonly<Record<string, string>>) =>
  runCommand("serve", [], { AUTH_STRATEGY: "noauth", DATA_DIR, PORT: String(await freePort()), ...env });

/** Returns the ids of all volumes. */
async function volumesOf(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let marker = ""; ; ) {
    const { body } = await client.get(`volumes?limit=1000${marker}`);
    for (const { id } of body.volumes) ids.add(id);
    const last = body.volumes.at(-1);
    if (last === undefined) return ids;
    marker = `&marker=${last.id}`;
  }
}

describe("the start of npm run serve", () => {
  it("says what it does, where the data is, and where the service is", async () => {
    const { url, process } = await start();
    await process.untilLine(/(\/docs)/);
    // Only the first start after a change of the source says that it bundles it.
    const said = process.lines.filter((line) => /^volume-transfers: (?!bundling)/.test(line));
    expect(said).toEqual([
      expect.stringMatching(
        `^volume-transfers: database ${DATA_DIR}/volume-transfers.db: applying 0000_init, 0001`,
      ),
      `volume-transfers: ready on ${url}`,
      `volume-transfers: ${url}/handoff is the page for people, ${url}/docs describes the API`,
    ]);
  });

  it("prints a step before it is done", async () => {
    const file = path.join(DATA_DIR, "other.db");
    const database = new Database(file);
    database.exec("create table volumes (id text)");
    database.close();
    const { output } = await fail({ LIBSQL_URL: `file:${file}` });
    expect(output.split("\n")).toEqual([
      expect.stringContaining(`database ${file}: applying 0000_init, 0001`),
      expect.stringContaining(`the database ${file} cannot be migrated: `),
      "",
    ]);
  });

  it("makes a data folder and a secret that no other user of the machine can read", async () => {
    const folder = path.join(DATA_DIR, "data");
    await start(folder);
    const modeOf = (file: string) => statSync(file).mode & 0o777;
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(path.join(folder, "auth_key_secret"))).toBe(0o600);
  });

  it("is refused on a folder that another service uses", async () => {
    await start();
    const { code, output } = await fail({});
    expect(output).toContain(
      `volume-transfers: ${DATA_DIR}/volume-transfers.db is in use by another service`,
    );
    expect(code).toBe(1);
  });

  it("is refused on a port that another program uses", async () => {
    const { url } = await start();
    const { code, output } = await fail({ PORT: new URL(url).port, DATA_DIR: path.join(DATA_DIR, "other") });
    expect(output).toContain("is in use by another program. Set PORT to use another port.");
    expect(code).toBe(1);
  });

  it("is refused on a file that is no database", async () => {
    const file = path.join(DATA_DIR, "text.db");
    writeFileSync(file, "This is a text. ".repeat(1000));
    const { code, output } = await fail({ LIBSQL_URL: `file:${file}` });
    expect(output).toBe(
      `volume-transfers: the database ${file} cannot be opened: SQLITE_NOTADB: file is not a database\n`,
    );
    expect(code).toBe(1);
  });

  it("is refused on a damaged file", async () => {
    const client = new Client((await start()).url, { tolerant: true });
    for (let i = 0; i < 300; i++) await client.createVolume({ name: "x".repeat(200) });
    expect(await service?.stop()).toBe(0);
    truncateSync(path.join(DATA_DIR, "volume-transfers.db"), 150_000);
    const { code, output } = await fail({});
    expect(output).toMatch(
      /^volume-transfers: the database .* cannot be (opened|migrated): SQLITE_CORRUPT: .*\n$/,
    );
    expect(code).toBe(1);
  });

  it("is refused in a folder that cannot be made", async () => {
    const file = path.join(DATA_DIR, "file");
    writeFileSync(file, "");
    const { code, output } = await fail({ LIBSQL_URL: `file:${file}/data.db` });
    expect(output).toMatch(
      /^volume-transfers: the database .*\/file\/data\.db cannot be opened: EEXIST: .*\n$/,
    );
    expect(code).toBe(1);
  });

  it("is refused on a read-only and on a full disk", async (context) => {
    const mounted = mountTmpfs(2);
    if ("unavailable" in mounted) return context.skip(mounted.unavailable);
    disk = mounted;
    mounted.fill();
    const full = await fail({ DATA_DIR: mounted.folder, AUTH_KEY_SECRET: "x".repeat(32) });
    expect(full.output).toMatch(
      /^volume-transfers: the database .* cannot be (opened|migrated): .*(full|disk).*\n$/,
    );
    expect(full.code).toBe(1);
    mounted.free();
    mounted.makeReadOnly();
    const readOnly = await fail({ DATA_DIR: mounted.folder, AUTH_KEY_SECRET: "x".repeat(32) });
    expect(readOnly.output).toMatch(/^volume-transfers: the database .* cannot be opened: .*\n$/);
    expect(readOnly.code).toBe(1);
  });
});

describe("npm run serve", () => {
  it("returns 503 while the disk is full, goes on reading, and loses nothing", async (context) => {
    const mounted = mountTmpfs(16);
    if ("unavailable" in mounted) return context.skip(mounted.unavailable);
    disk = mounted;
    const { url } = await start(mounted.folder);
    const client = new Client(url, { tolerant: true });
    const before = await client.createVolume();
    mounted.fill();
    const refused = await Promise.all(
      Array.from({ length: 40 }, () => client.send("POST", "volumes", { volume: { size: 1 } })),
    );
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    for (const { body } of refused)
      expect(body.serviceUnavailable?.message).toContain("Nothing has changed, and nothing will.");
    expect((await client.get(`volumes/${before}`)).status).toBe(200);
    mounted.free();
    const after = await client.createVolume();
    expect(await volumesOf(client)).toEqual(new Set([before, after]));
    expect(await service?.stop()).toBe(0);
    await start(mounted.folder);
    expect(await volumesOf(new Client(service?.url ?? "", { project: client.project }))).toEqual(
      new Set([before, after]),
    );
  });

  it("loses no acknowledged write after kill -9", async () => {
    const acknowledged: string[] = [];
    let project: string | undefined;
    for (let round = 0; round < 3; round++) {
      const { url, stop } = await start();
      const client = new Client(url, { tolerant: true, ...(project !== undefined && { project }) });
      project = client.project;
      const found = await volumesOf(client);
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      const target = acknowledged.length + 40;
      const writers = Array.from({ length: 8 }, async () => {
        for (;;) {
          const { status, body } = await client.send("POST", "volumes", { volume: { size: 1 } });
          if (status !== 202) return status;
          acknowledged.push(body.volume.id);
        }
      });
      await expect.poll(() => acknowledged.length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(target);
      await stop("SIGKILL");
      expect(new Set(await Promise.all(writers))).toEqual(new Set([0]));
    }
  });

  it("answers what is in flight at SIGTERM, refuses what comes then, and exits with 0", async () => {
    const { url, process } = await start();
    const body = JSON.stringify({ volume: { size: 1, name: "in flight" } });
    const { hostname, port } = new URL(url);
    const socket: Socket = connect(Number(port), hostname);
    socket.write(
      "POST /v3/alpha/volumes HTTP/1.1\r\nHost: x\r\nX-Auth-Token: alice:alpha\r\nContent-Type: application/json\r\n" +
        `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    const response = text(socket);
    // The service has the request once it answers a later one.
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    const exited = process.kill("SIGTERM");
    await expect
      .poll(() =>
        fetch(url).then(
          () => "answers",
          () => "refused",
        ),
      )
      .toBe("refused");
    socket.write(body.slice(10));
    expect(await response).toMatch(/^HTTP\/1\.1 202 /);
    expect(await exited).toBe(0);
    await start();
    const { body: list } = await new Client(service?.url ?? "", { project: "alpha" }).get("volumes");
    expect(list.volumes).toMatchObject([{ name: "in flight" }]);
  });

  it("leaves the database in one file", async () => {
    const client = new Client((await start()).url);
    await client.createVolume();
    expect(await service?.stop()).toBe(0);
    rmSync(path.join(DATA_DIR, "volume-transfers.db-wal"), { force: true });
    expect(readdirSync(DATA_DIR)).toContain("volume-transfers.db");
    await start();
    expect(await volumesOf(new Client(service?.url ?? "", { project: client.project }))).toHaveLength(1);
  });
});
