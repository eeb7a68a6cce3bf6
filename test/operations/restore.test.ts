import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createClient } from "@libsql/client/http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "../../src/cli/backup/backup_file.ts";
import { runCommand, spawnCommand } from "../support/command.ts";
import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { startProxy } from "../support/proxy.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
let database: LibsqlServer;
beforeAll(async () => {
  database = await startLibsql({ migrate: async () => {} });
});
afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true });
});

const query = async (sql: string) => (await createClient({ url: database.url }).execute(sql)).rows[0]?.n;
/** Counts the tables that a service would find. */
const countTables = () => query("select count(*) as n from sqlite_schema where name not glob 'restoring_*'");

/** Writes a backup with a given last statement. */
async function backupWith(name: string, statement: string): Promise<string> {
  const file = path.join(folder, name);
  const dump = async function* () {
    yield Buffer.from(`CREATE TABLE t (n);\nINSERT INTO t VALUES(1);\n${statement};\n`);
  };
  await writeBackup(file, "libSQL", dump());
  return file;
}

describe("npm run restore, on libSQL", () => {
  it.each([
    ["fails", "INSERT INTO absent VALUES(1)", "no such table: restoring_absent"],
    ["has a syntax error", "INSERT INTO t VALUES(", "syntax error"],
    ["is none of a backup", "DROP TABLE t", "a statement that cannot be restored: DROP TABLE t"],
  ])("restores nothing if a statement %s", async (what, statement, message) => {
    const file = await backupWith(`${what}.sql`, statement);
    const { code, output } = await runCommand("restore", [file], { LIBSQL_URL: database.url });
    expect(output).toContain(message);
    expect(code).toBe(1);
    expect(await countTables()).toBe(0);
  });

  it("restores nothing if it is killed, and can be run again", async () => {
    const slow =
      "INSERT INTO t WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 10000000) SELECT max(n) FROM n";
    const file = await backupWith("slow.sql", slow);
    const proxy = await startProxy(database.url);
    const firstWrite = new Promise<void>((resolve) => {
      proxy.fault = (kind) => {
        if (kind === "write") resolve();
        return undefined;
      };
    });
    const restore = spawnCommand("restore", [file], { LIBSQL_URL: proxy.url });
    await firstWrite;
    expect(await restore.kill("SIGKILL")).toBeNull();
    expect(await countTables()).toBe(0);
    proxy.close();

    const complete = await backupWith("complete.sql", "INSERT INTO t VALUES(2)");
    expect(await runCommand("restore", [complete], { LIBSQL_URL: database.url })).toMatchObject({ code: 0 });
    expect(await query("select sum(n) as n from t")).toBe(3);
    await createClient({ url: database.url }).execute("drop table t");
  });

  it("restores all rows while a running service waits to write", async () => {
    const rows = Array.from({ length: 60_000 }, (_, n) => `INSERT INTO t VALUES('${n} ${"x".repeat(100)}')`);
    const file = await backupWith("large.sql", rows.join(";\n"));
    let running = true;
    const writer = (async () => {
      // A transaction that takes the lock, as those of a service whose tables are missing.
      while (running)
        await createClient({ url: database.url })
          .batch(["delete from absent"], "write")
          .catch(() => {});
    })();
    const restored = await runCommand("restore", [file], { LIBSQL_URL: database.url });
    running = false;
    await writer;
    expect(restored).toMatchObject({ code: 0 });
    expect(await query("select count(*) as n from t")).toBe(rows.length + 1);
  });
});
