import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { takeOver } from "../../../src/host/take_over.ts";
import { Client } from "../../support/client.ts";
import { runCommand, startCommand } from "../../support/command.ts";

const FIXTURE = path.resolve("test/service/operations/version_1.0");
const REGIONS = ["eu", "us"] as const;
const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const transfers = z
  .record(z.enum(REGIONS), z.array(z.object({ id: z.string(), auth_key: z.string(), volume_id: z.string() })))
  .parse(JSON.parse(readFileSync(path.join(FIXTURE, "transfers.json"), "utf8")));

/** Unpacks the data folder that version 1.0 has left. */
function dataFolder(): string {
  const created = mkdtempSync(path.join(folder, "data-"));
  const tar = brotliDecompressSync(readFileSync(path.join(FIXTURE, "data.tar.br")));
  execFileSync("tar", ["x", "-C", created], { input: tar });
  return created;
}

const fileOf = (data: string): string => path.join(data, "eu/volume-transfers.db");
const oldFile = (data: string): string => path.join(data, "eu/sqld/dbs/default/data");

/** Counts the rows of a database. */
function rows(file: string): Record<string, number> {
  const database = new Database(file);
  const count = (sql: string) => z.object({ n: z.number() }).parse(database.prepare(sql).get()).n;
  try {
    expect(database.prepare("pragma integrity_check").raw(true).all()).toEqual([["ok"]]);
    return {
      volumes: count("select count(*) as n from volumes"),
      open: count("select count(*) as n from transfers where deleted_at is null"),
      accepted: count("select count(*) as n from transfers where accepted"),
      events: count("select count(*) as n from events"),
      waiting: count("select count(*) as n from event_retries where dead_at is null"),
    };
  } finally {
    database.close();
  }
}

const ROWS = { volumes: 4, open: 2, accepted: 2, events: 10, waiting: 10 };

describe("the database of version 1.0", () => {
  it("is taken over whole, with what is in its log only, and the old files stay", () => {
    const data = dataFolder();
    const before = readFileSync(`${oldFile(data)}-wal`);
    const lines: string[] = [];
    takeOver(fileOf(data), (line) => lines.push(line));
    expect(rows(fileOf(data))).toEqual(ROWS);
    expect(lines.join("\n")).toMatch(
      /taking over the database of version 1.0 in .*\/eu\/sqld, \d+ MB\n.* stays until/,
    );
    expect(readFileSync(`${oldFile(data)}-wal`).equals(before)).toBe(true);
    expect(readdirSync(path.dirname(fileOf(data))).sort()).toEqual(["sqld", "volume-transfers.db"]);
  });

  it("is taken over once", () => {
    const data = dataFolder();
    const report = (line: string) => lines.push(line);
    const lines: string[] = [];
    takeOver(fileOf(data), report);
    const database = new Database(fileOf(data));
    database.exec("delete from volumes");
    database.close();
    lines.length = 0;
    takeOver(fileOf(data), report);
    expect(lines).toEqual([]);
    expect(rows(fileOf(data))).toMatchObject({ volumes: 0 });
  });

  it("is removed by the next start", () => {
    const data = dataFolder();
    takeOver(fileOf(data), () => {})();
    expect(existsSync(oldFile(data))).toBe(true);
    takeOver(fileOf(data), () => {})();
    expect(readdirSync(path.join(data, "eu"))).toEqual(["volume-transfers.db"]);
  });

  it("is not removed if it has changed since, or was not taken over", () => {
    const data = dataFolder();
    takeOver(fileOf(data), () => {});
    writeFileSync(`${oldFile(data)}-wal`, "changed", { flag: "a" });
    const lines: string[] = [];
    takeOver(fileOf(data), (line) => lines.push(line))();
    expect(lines).toEqual([expect.stringContaining("is not used")]);
    expect(existsSync(oldFile(data))).toBe(true);

    const another = dataFolder();
    writeFileSync(fileOf(another), "");
    takeOver(fileOf(another), () => {})();
    expect(existsSync(oldFile(another))).toBe(true);
  });

  it("is not taken over while version 1.0 runs on it", () => {
    const data = dataFolder();
    const running = new Database(path.join(data, "eu/sqld/lock"));
    running.exec("begin exclusive");
    expect(() => takeOver(fileOf(data), () => {})).toThrow("is in use by another");
    running.close();
    expect(existsSync(fileOf(data))).toBe(false);
  });

  it("is taken over whole by the next start, whenever one is killed", { timeout: 300_000 }, () => {
    const script = path.resolve("test/service/operations/killed_take_over.ts");
    for (let calls = 0; ; calls++) {
      const data = dataFolder();
      const killed = spawnSync(process.execPath, [script, fileOf(data), String(calls)], { encoding: "utf8" });
      if (killed.status === 0) {
        // It was not killed any more: there are so few calls.
        expect(calls).toBeGreaterThan(20);
        return;
      }
      expect(killed.signal, killed.stderr).toBe("SIGKILL");
      const taken = existsSync(fileOf(data));
      if (taken) expect(rows(fileOf(data))).toEqual(ROWS);
      takeOver(fileOf(data), () => {});
      takeOver(fileOf(data), () => {})();
      expect(rows(fileOf(data))).toEqual(ROWS);
      expect(readdirSync(path.join(data, "eu"))).toEqual(["volume-transfers.db"]);
      rmSync(data, { recursive: true });
    }
  });

  it("is served after the first start: its transfers can be accepted, in each region", async () => {
    const DATA_DIR = dataFolder();
    const env = {
      DATA_DIR,
      REGIONS: REGIONS.join(" "),
      HISTORY_RETENTION_DAYS: "36500",
      EVENT_RETENTION_DAYS: "36500",
    };
    const first = await startCommand("serve", env);
    for (const region of REGIONS) {
      expect(first.process.lines.join("\n")).toContain(
        `taking over the database of version 1.0 in ${DATA_DIR}/${region}`,
      );
      for (const transfer of transfers[region] ?? []) {
        const bob = new Client(`${first.url}/${region}`, { project: "beta", user: "bob" });
        expect((await bob.accept(transfer)).status).toBe(202);
      }
      expect(existsSync(path.join(DATA_DIR, region, "sqld"))).toBe(true);
    }
    const fsck = await runCommand("fsck", [], env);
    expect(fsck.output).toMatch(/consistent: 4 volumes[\s\S]*consistent: 4 volumes/);
    expect(fsck.code).toBe(0);
    expect(await first.stop()).toBe(0);
    const second = await startCommand("serve", env);
    for (const region of REGIONS) expect(existsSync(path.join(DATA_DIR, region, "sqld"))).toBe(false);
    expect(await second.stop()).toBe(0);
  });
});
