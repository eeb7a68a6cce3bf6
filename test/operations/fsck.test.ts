import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@libsql/client/http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { migrateDatabase } from "../../src/cli/database/migrations.ts";
import { checkDatabase } from "../../src/cli/fsck/check_database.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { runCommand } from "../support/command.ts";
import { freePort } from "../support/free_port.ts";
import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { HEALTHY, NOTICES, VIOLATIONS } from "./rows.ts";

const processes = new Processes((failure) => console.error(failure.message));
const COUNTS = "3 volumes, 2 snapshots, 4 transfers, 5 quota rows, 1 open transfers";

describe("npm run fsck, on libSQL", () => {
  let server: LibsqlServer;
  beforeAll(async () => {
    server = await startLibsql();
  });
  afterAll(() => server?.stop());

  const database = () => ({ kind: "libsql", url: server.url, authToken: undefined }) as const;
  const write = (sql: readonly string[]) => createClient({ url: server.url }).batch([...sql], "write");
  const fsck = (...flags: string[]) => runCommand("fsck", flags, { LIBSQL_URL: server.url });

  beforeEach(async () => {
    const tables = await createClient({ url: server.url }).execute(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
    );
    await write(tables.rows.map(({ name }) => `drop table ${name}`));
    await migrateDatabase(database(), processes);
    await write(HEALTHY);
  });

  it("exits with 0 and prints the numbers of rows if the database is consistent", async () => {
    expect(await fsck()).toEqual({
      code: 0,
      output: `volume-transfers: the libSQL database at ${server.url} is consistent: ${COUNTS}\n`,
    });
  });

  it("exits with 1 and lists the rows of each violation, at most a hundred", async () => {
    await write([
      "update volumes set project_id = '' where id = 'kept'",
      "delete from transfers",
      `with recursive n(n) as (select 1 union all select n + 1 from n where n < 250)
       insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
       select 'id-' || n, 'v', '', 'x', 0, 'alpha', 1 from n`,
    ]);
    const { code, output } = await fsck();
    expect(output).toMatch(/^violation: volume without .*: 1\n {2}kept: /m);
    expect(output).toContain("violation: transfer with values that no request can write: 250\n");
    expect(output.match(/^ {2}id-\d+: auth_key_hmac is not 64 hexadecimal digits$/gm)).toHaveLength(100);
    expect(output).toContain("  and 150 more");
    expect(code).toBe(1);
  });

  it("exits with 0 and prints a notice of what only an admin can cause", async () => {
    for (const [, sql] of NOTICES) await write(sql);
    const { code, output } = await fsck();
    for (const [title] of NOTICES) expect(output).toContain(`notice: ${title}: `);
    expect(code).toBe(0);
    expect((await fsck("--strict")).code).toBe(1);
  });

  it("exits with 1 if a table is missing", async () => {
    await write(["drop table quotas"]);
    const { code, output } = await fsck();
    expect(output).toContain("the libsql database has no quotas: ");
    expect(code).toBe(1);
  });

  it("exits with 1 if the database cannot be reached", async () => {
    const LIBSQL_URL = `http://127.0.0.1:${await freePort()}`;
    const { code, output } = await runCommand("fsck", [], { LIBSQL_URL });
    expect(output).toContain(`the libSQL database at ${LIBSQL_URL} cannot be read: `);
    expect(code).toBe(1);
  });

  it.each(VIOLATIONS)("finds a violation: %s", async (title, sql) => {
    await write(sql);
    const { violations } = await checkDatabase(database(), processes);
    const found = violations.find((violation) => violation.title === title);
    expect(found?.count).toBeGreaterThanOrEqual(1);
    expect(found?.count).toBeLessThanOrEqual(2);
  });

  it.each(NOTICES)("notices: %s", async (title, sql) => {
    await write(sql);
    const { violations, notices } = await checkDatabase(database(), processes);
    expect(notices).toMatchObject([{ title, count: 1 }]);
    expect(violations).toEqual([]);
  });

  it("finds nothing in an expired transfer whose volume was made available before the transfer is closed", async () => {
    await write([
      "update transfers set expires_at = 1 where id = 'open'",
      "update volumes set status = 'available' where id = 'offered'",
    ]);
    const { violations, notices } = await checkDatabase(database(), processes);
    expect([violations, notices]).toEqual([[], []]);
  });
});

describe("npm run fsck, on D1", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const fsck = () => runCommand("fsck", [], { DATA_DIR: folder });
  /** Runs statements on the file of the database, which nobody else has open. */
  const write = (sql: readonly string[]) => {
    const files = path.join(folder, "v3/d1/miniflare-D1DatabaseObject");
    const [name = ""] = readdirSync(files).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
    // Defensive mode forbids `writable_schema`.
    const file = new DatabaseSync(path.join(files, name), { defensive: false });
    for (const statement of sql) file.exec(statement);
    file.close();
  };
  beforeAll(async () => {
    await migrateDatabase({ kind: "local D1", folder }, processes);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("exits with 0 and prints the numbers of rows if the database is consistent", async () => {
    write(HEALTHY);
    expect(await fsck()).toEqual({
      code: 0,
      output: `volume-transfers: the D1 database in ${folder} is consistent: ${COUNTS}\n`,
    });
  });

  it("exits with 1 and lists violations, of the rows and of the file", async () => {
    write(VIOLATIONS.flatMap(([, sql]) => (sql.length === 1 ? sql : [])));
    write([
      "pragma writable_schema = on",
      // A constraint that the rows break.
      "update sqlite_schema set sql = replace(sql, '> 0', '> 5') where name = 'volumes'",
    ]);
    const { code, output } = await fsck();
    expect(output).toContain("violation: damaged database file: ");
    const found = VIOLATIONS.filter(([title]) => output.includes(`violation: ${title}: `));
    expect(found.length).toBeGreaterThan(5);
    expect(code).toBe(1);
  });
});
