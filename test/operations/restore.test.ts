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
const countTables = () => query("select count(*) as n from sqlite_schema");

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
    ["fails", "INSERT INTO absent VALUES(1)", "no such table: absent"],
    ["has a syntax error", "INSERT INTO nothing VALUES(1)", "syntax error"],
  ])("restores nothing if a statement %s", async (what, statement, message) => {
    const file = await backupWith(`${what}.sql`, statement);
    const { code, output } = await runCommand("restore", [file], { LIBSQL_URL: database.url });
    expect(output).toContain(message);
    expect(code).toBe(1);
    expect(await countTables()).toBe(0);
  });

  it("restores nothing if it is killed, and can be run again", async () => {
    const slow =
      "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 10000000) INSERT INTO t SELECT max(n) FROM n";
    const file = await backupWith("slow.sql", slow);
    const proxy = await startProxy(database.url);
    // The first write begins the transaction, and the second has the statements of the backup.
    const secondWrite = new Promise<void>((resolve) => {
      let writes = 0;
      proxy.fault = (kind) => {
        if (kind === "write" && ++writes === 2) resolve();
        return undefined;
      };
    });
    const restore = spawnCommand("restore", [file], { LIBSQL_URL: proxy.url });
    await secondWrite;
    expect(await restore.kill("SIGKILL")).toBeNull();
    expect(await countTables()).toBe(0);
    proxy.close();

    const complete = await backupWith("complete.sql", "INSERT INTO t VALUES(2)");
    expect(await runCommand("restore", [complete], { LIBSQL_URL: database.url })).toMatchObject({ code: 0 });
    expect(await query("select sum(n) as n from t")).toBe(3);
  });
});
