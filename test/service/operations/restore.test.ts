import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createClient } from "@libsql/client/http";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "../../../src/cli/backup/backup_file.ts";
import { readMigrations } from "../../../src/host/migrations.ts";
import { runCommand, spawnCommand } from "../../support/command.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";
import { startProxy } from "../../support/proxy.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
let server: LibsqlServer;
beforeAll(async () => {
  server = await startLibsql({ migrate: async () => {} });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** Writes a backup with further statements. */
async function backupWith(name: string, ...statements: string[]): Promise<string> {
  const file = path.join(folder, name);
  const all = async function* () {
    yield "CREATE TABLE t (n)";
    yield "INSERT INTO t VALUES(1)";
    yield* statements;
  };
  await writeBackup(file, all());
  return file;
}

/** A statement that inserts many rows. */
const insertRows = (count: number) =>
  `INSERT INTO t WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${count}) SELECT printf('%0200d', n) FROM n`;

/** A statement that takes seconds. */
const SLOW =
  "INSERT INTO t WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 10000000) SELECT max(n) FROM n";

/** The statements of the first migration. */
const INITIAL = readFileSync("drizzle/0000_init.sql", "utf8")
  .replaceAll("--> statement-breakpoint", "\n")
  .concat("\n");

const MIGRATIONS = readMigrations("drizzle");

/** Creates an empty folder. */
function emptyFolder(): string {
  const created = path.join(folder, `data-${readdirSync(folder).length}`);
  mkdirSync(created);
  return created;
}

const databaseIn = (data: string): string => path.join(data, "database.db");

/** Runs `npm run restore` to the file in a folder. */
const restoreTo = (data: string, backup: string) =>
  runCommand("restore", [backup], { LIBSQL_URL: `file:${databaseIn(data)}` });

/** Runs a query on a file, and closes it. */
function query(file: string, sql: string): unknown[] {
  const database = new Database(file);
  try {
    return database.prepare(sql).raw(true).all();
  } finally {
    database.close();
  }
}

describe("npm run restore", () => {
  it.each([
    ["fails", "INSERT INTO absent VALUES(1)", "no such table: absent"],
    ["has a syntax error", "INSERT INTO t VALUES(", "incomplete input"],
    ["is none of a backup", "DROP TABLE t", "a statement that cannot be restored: DROP TABLE t"],
    ["reads another file", "ATTACH 'other.db' AS other", "a statement that cannot be restored: ATTACH"],
  ])("writes nothing if a statement %s", async (what, statement, message) => {
    const data = emptyFolder();
    const { code, output } = await restoreTo(data, await backupWith(`${what}.sql`, statement));
    expect(output).toContain(message);
    expect(code).toBe(1);
    expect(readdirSync(data)).toEqual([]);
  });

  it("refuses a backup of a newer version, and writes nothing", async () => {
    const data = emptyFolder();
    const file = await backupWith(
      "newer.sql",
      "CREATE TABLE __drizzle_migrations (id, hash, created_at)",
      `INSERT INTO __drizzle_migrations VALUES${[...MIGRATIONS.map(({ when }) => when), 9e12].map((when) => `(NULL,'',${when})`)}`,
    );
    const { code, output } = await restoreTo(data, file);
    expect(output).toContain(
      "the backup has 1 migration that this version of volume-transfers does not know",
    );
    expect(code).toBe(1);
    expect(readdirSync(data)).toEqual([]);
  });

  it("applies the migrations that the backup lacks", async () => {
    const data = emptyFolder();
    expect(await restoreTo(data, await backupWith("old.sql"))).toMatchObject({
      code: 0,
    });
    expect(query(databaseIn(data), "select count(*) from __drizzle_migrations")).toEqual([
      [MIGRATIONS.length],
    ]);
  });

  it.each([
    [
      "D1",
      "PRAGMA defer_foreign_keys=TRUE;\n" +
        "CREATE TABLE d1_migrations(\n\t\tid         INTEGER PRIMARY KEY AUTOINCREMENT,\n\t\tname       TEXT UNIQUE\n);\n" +
        'INSERT INTO "d1_migrations" ("id","name") VALUES(1,\'0000_init.sql\');\n' +
        'DELETE FROM sqlite_sequence;\nINSERT INTO "sqlite_sequence" ("name","seq") VALUES(\'d1_migrations\',1);\n',
    ],
    [
      "libSQL",
      "BEGIN TRANSACTION;\nCREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);\n" +
        `INSERT INTO __drizzle_migrations VALUES(NULL,'',${MIGRATIONS[0]?.when});\nCOMMIT;\n`,
    ],
  ])("restores a backup of %s that version 1.0 has made", async (kind, record) => {
    const text = `-- volume-transfers backup of ${kind}, 2026-11-01T00:00:00.000Z\n${record}${INITIAL}`;
    const file = path.join(folder, `1.0-${kind}.sql`);
    writeFileSync(file, `${text}-- sha256 ${createHash("sha256").update(text).digest("hex")}\n`);
    const data = emptyFolder();
    const { code, output } = await restoreTo(data, file);
    expect(output).toContain(`${databaseIn(data)} is consistent: 0 volumes`);
    expect(code).toBe(0);
    expect(query(databaseIn(data), "select name from sqlite_schema where name like 'd1%'")).toEqual([]);
  });
});

describe("npm run restore, to a file", () => {
  it("leaves nothing if it is killed while it reads, and can be run again", async () => {
    const data = emptyFolder();
    const restore = spawnCommand("restore", [await backupWith("slow.sql", SLOW)], {
      LIBSQL_URL: `file:${databaseIn(data)}`,
    });
    await expect.poll(() => readdirSync(data), { timeout: 60_000 }).not.toEqual([]);
    expect(await restore.kill("SIGKILL")).toBeNull();
    expect(existsSync(databaseIn(data))).toBe(false);
    const again = await restoreTo(data, await backupWith("complete.sql"));
    expect(again).toMatchObject({ code: 0 });
    expect(readdirSync(data)).toEqual(["database.db"]);
  });

  it("leaves no file at SIGTERM", async () => {
    const data = emptyFolder();
    const restore = spawnCommand(
      "restore",
      [await backupWith("rows.sql", ...Array(2000).fill(insertRows(100)))],
      { LIBSQL_URL: `file:${databaseIn(data)}` },
    );
    await expect.poll(() => readdirSync(data), { timeout: 60_000 }).not.toEqual([]);
    await restore.kill("SIGTERM");
    expect(readdirSync(data)).toEqual([]);
  });

  it("replaces an empty database that a service has open, all at once", async () => {
    const data = emptyFolder();
    expect(await runCommand("migrate", [], { LIBSQL_URL: `file:${databaseIn(data)}` })).toMatchObject({
      code: 0,
    });
    const service = new Database(databaseIn(data));
    service.exec("pragma journal_mode = wal");
    const count = service.prepare("select count(*) from volumes").raw(true);
    expect(count.get()).toEqual([0]);
    const { code } = await restoreTo(data, await backupWith("open.sql", insertRows(1000)));
    expect(code).toBe(0);
    expect(service.prepare("select count(*) from t").raw(true).get()).toEqual([1001]);
    expect(count.get()).toEqual([0]);
    service.close();
  });

  it("changes nothing if it is killed while it writes", async () => {
    const data = emptyFolder();
    const LIBSQL_URL = `file:${databaseIn(data)}`;
    expect(await runCommand("migrate", [], { LIBSQL_URL })).toMatchObject({ code: 0 });
    const restore = spawnCommand("restore", [await backupWith("large.sql", insertRows(1_000_000))], {
      LIBSQL_URL: `file:${databaseIn(data)}`,
    });
    await restore.untilLine(/^(Writing) the database/);
    await restore.kill("SIGKILL");
    const tables = query(databaseIn(data), "select name from sqlite_schema where name = 't'");
    // It may have been done already.
    if (tables.length > 0) expect(query(databaseIn(data), "select count(*) from t")).toEqual([[1_000_001]]);
    expect(query(databaseIn(data), "pragma integrity_check")).toEqual([["ok"]]);
    expect(await runCommand("fsck", [], { LIBSQL_URL })).toMatchObject({ code: 0 });
  });

  it("refuses a database that is not empty", async () => {
    const data = emptyFolder();
    const database = new Database(databaseIn(data));
    database.exec("create table volumes (n); insert into volumes values (1)");
    database.close();
    const { code, output } = await restoreTo(data, await backupWith("full.sql"));
    expect(output).toContain("the database is not empty (volumes: 1)");
    expect(code).toBe(1);
    expect(query(databaseIn(data), "select n from volumes")).toEqual([[1]]);
  });
});

const queryServer = async (sql: string) => (await createClient({ url: server.url }).execute(sql)).rows[0]?.n;
/** Counts the tables that a service would find. */
const countTables = () =>
  queryServer("select count(*) as n from sqlite_schema where type = 'table' and name not glob 'restoring_*'");

describe("npm run restore, to a libSQL server", () => {
  it("restores nothing if it is killed, and can be run again", async () => {
    const proxy = await startProxy(server.url);
    const firstWrite = new Promise<void>((resolve) => {
      proxy.fault = (kind) => {
        if (kind === "write") resolve();
        return undefined;
      };
    });
    const file = await backupWith("killed.sql", insertRows(100_000));
    const restore = spawnCommand("restore", [file], { LIBSQL_URL: proxy.url });
    await firstWrite;
    expect(await restore.kill("SIGKILL")).toBeNull();
    proxy.close();
    expect(await countTables()).toBe(0);

    const complete = await backupWith("again.sql", "INSERT INTO t VALUES(2)");
    expect(await runCommand("restore", [complete], { LIBSQL_URL: server.url })).toMatchObject({ code: 0 });
    expect(await queryServer("select sum(n) as n from t")).toBe(3);
    await createClient({ url: server.url }).execute("drop table t");
  });

  it("restores all rows while a running service waits to write", async () => {
    let running = true;
    const writer = (async () => {
      // A transaction that takes the lock, as those of a service whose tables are missing.
      while (running)
        await createClient({ url: server.url })
          .batch(["delete from absent"], "write")
          .catch(() => {});
    })();
    const file = await backupWith("waiting.sql", insertRows(60_000));
    const restored = await runCommand("restore", [file], { LIBSQL_URL: server.url });
    running = false;
    await writer;
    expect(restored).toMatchObject({ code: 0 });
    expect(await queryServer("select count(*) as n from t")).toBe(60_001);
  });
});
