import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { verifyBackup, writeBackup } from "../../../src/cli/backup/backup_file.ts";
import { runCommand, spawnCommand } from "../../support/command.ts";
import { type HttpServer, startHttpServer } from "../../support/http_server.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("npm run backup, of a libSQL server that fails", () => {
  const file = path.join(mkdtempSync(path.join(folder, "backup-")), "backup.sql");
  const files = () => readdirSync(path.dirname(file));
  let respond: (response: ServerResponse) => void;
  let server: HttpServer;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = await startHttpServer((_, response) => respond(response));
    env = { LIBSQL_URL: server.url };
  });
  afterAll(() => server.stop());

  it.each<[string, typeof respond]>([
    ["the connection breaks", (response) => response.write("{", () => response.destroy())],
    ["it is no libSQL server", (response) => response.writeHead(404).end()],
    ["it responds with another JSON", (response) => response.end("{}")],
  ])("leaves no file: %s", async (_, failure) => {
    respond = failure;
    const { code, output } = await runCommand("backup", [file], env);
    expect(output).toContain(`the libSQL database at ${server.url} cannot be read: `);
    expect(code).toBe(1);
    expect(files()).toEqual([]);
  });

  it("leaves no file at SIGTERM", async () => {
    respond = () => {};
    const backup = spawnCommand("backup", [file], env);
    await vi.waitFor(() => expect(files()).not.toEqual([]), { timeout: 60_000, interval: 20 });
    await backup.kill("SIGTERM");
    expect(files()).toEqual([]);
  });
});

describe("a backup", () => {
  const file = path.join(folder, "backup.sql");
  const damaged = path.join(folder, "damaged.sql");
  const content = () => readFileSync(file);
  beforeAll(async () => {
    const dump = async function* () {
      yield "CREATE TABLE t (n)";
      yield `INSERT INTO t VALUES(${Array.from({ length: 500 }, () => 1).join("),(")})`;
      yield "INSERT INTO t VALUES('available')";
    };
    await writeBackup(file, dump());
  });
  beforeEach(() => rmSync(damaged, { force: true }));

  it("can be read by its owner alone", async () => {
    expect(await verifyBackup(file)).toBe(statSync(file).size);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each<[string, RegExp, () => Buffer]>([
    ["truncated", /is truncated/, () => content().subarray(0, content().length - 1000)],
    ["truncated in its last line", /is truncated/, () => content().subarray(0, content().length - 1)],
    ["continued", /is truncated/, () => Buffer.concat([content(), Buffer.from("delete from volumes;\n")])],
    ["modified", /is modified/, () => Buffer.from(content().toString().replace("'available'", "'in-use'"))],
    ["another file", /is not a backup/, () => Buffer.from("select 1;\n")],
    ["an empty file", /is not a backup/, () => Buffer.alloc(0)],
  ])("is rejected if it is %s", async (_, message, damage) => {
    writeFileSync(damaged, damage());
    await expect(verifyBackup(damaged)).rejects.toThrow(message);
  });

  it("is rejected by npm run restore before it writes anything", async () => {
    writeFileSync(damaged, content().subarray(0, content().length - 1000));
    const DATA_DIR = path.join(folder, "nowhere");
    const { code, output } = await runCommand("restore", [damaged], { DATA_DIR });
    expect(output).toContain("is truncated");
    expect(code).toBe(1);
    expect(existsSync(DATA_DIR)).toBe(false);
  });
});
