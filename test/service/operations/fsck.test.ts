import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fileDatabase, type LibsqlDatabase } from "../../../src/cli/database/database.ts";
import { useClient } from "../../../src/cli/database/libsql.ts";
import { migrateDatabase } from "../../../src/cli/database/migrations.ts";
import { checkDatabase } from "../../../src/cli/fsck/check_database.ts";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { runCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";
import { HEALTHY, NOTICES, VIOLATIONS } from "./rows.ts";

const processes = new Processes((failure) => console.error(failure.message));
const COUNTS = "3 volumes, 2 snapshots, 4 transfers, 5 quota rows, 1 open transfers";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const execute = (database: LibsqlDatabase, sql: readonly string[]) =>
  useClient(database, "written to", (client) => client.batch([...sql], "write"));

describe("npm run fsck, on a file", () => {
  const file = path.join(folder, "fsck.db");
  const database = fileDatabase(file);
  const write = (sql: readonly string[]) => execute(database, sql);
  const fsck = (...flags: string[]) => runCommand("fsck", flags, { LIBSQL_URL: `file:${file}` });

  const healthy = path.join(folder, "healthy.db");
  beforeAll(async () => {
    await migrateDatabase(fileDatabase(healthy), processes);
    await execute(fileDatabase(healthy), HEALTHY);
  });
  beforeEach(() => copyFileSync(healthy, file));

  it("exits with 0 and prints the numbers of rows if the database is consistent", async () => {
    expect(await fsck()).toEqual({
      code: 0,
      output: `volume-transfers: the database in ${file} is consistent: ${COUNTS}\n`,
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
    expect(output).toContain("the database has no quotas. ");
    expect(code).toBe(1);
  });

  it.each([
    ["1 migration", 1],
    ["3 migrations", 3],
  ])("says that a database is %s behind", async (text, count) => {
    await write([
      `delete from __drizzle_migrations where created_at in
        (select created_at from __drizzle_migrations order by created_at desc limit ${count})`,
    ]);
    const { code, output } = await fsck();
    expect(output).toBe(`volume-transfers: the database is ${text} behind: run \`npm run migrate\`.\n`);
    expect(code).toBe(1);
  });

  it("says that a database is of a newer version", async () => {
    await write(["insert into __drizzle_migrations (hash, created_at) values ('', 9000000000000)"]);
    const { code, output } = await fsck();
    expect(output).toMatch(
      /^volume-transfers: the database has 1 migration that this version .* does not know\. .*\n$/,
    );
    expect(code).toBe(1);
  });

  it("says that a database is not one of the service", async () => {
    const other = fileDatabase(path.join(folder, "other.db"));
    await execute(other, ["create table notes (text)"]);
    const { code, output } = await runCommand("fsck", [], { LIBSQL_URL: other.url });
    expect(output).toBe(
      "volume-transfers: the database does not belong to this service, or is empty. `npm run migrate` prepares an empty one.\n",
    );
    expect(code).toBe(1);
  });

  it.each(VIOLATIONS)("finds a violation: %s", async (title, sql) => {
    await write(sql);
    const { violations } = await checkDatabase(database, processes);
    const found = violations.find((violation) => violation.title === title);
    expect(found?.count).toBeGreaterThanOrEqual(1);
    expect(found?.count).toBeLessThanOrEqual(2);
  });

  it.each(NOTICES)("notices: %s", async (title, sql) => {
    await write(sql);
    const { violations, notices } = await checkDatabase(database, processes);
    expect(notices).toMatchObject([{ title, count: 1 }]);
    expect(violations).toEqual([]);
  });

  it("finds nothing in an expired transfer whose volume was made available before the transfer is closed", async () => {
    await write([
      "update transfers set expires_at = 1 where id = 'open'",
      "update volumes set status = 'available' where id = 'offered'",
    ]);
    const { violations, notices } = await checkDatabase(database, processes);
    expect([violations, notices]).toEqual([[], []]);
  });
});

describe("npm run fsck, on a libSQL server", () => {
  let server: LibsqlServer;
  beforeAll(async () => {
    server = await startLibsql();
    await execute({ kind: "libsql", url: server.url, authToken: undefined }, HEALTHY);
  });
  afterAll(() => server?.stop());

  it("exits with 0 and prints the numbers of rows if the database is consistent", async () => {
    expect(await runCommand("fsck", [], { LIBSQL_URL: server.url })).toEqual({
      code: 0,
      output: `volume-transfers: the libSQL database at ${server.url} is consistent: ${COUNTS}\n`,
    });
  });

  it("exits with 1 if the database cannot be reached", async () => {
    const LIBSQL_URL = `http://127.0.0.1:${await freePort()}`;
    const { code, output } = await runCommand("fsck", [], { LIBSQL_URL });
    expect(output).toContain(`the libSQL database at ${LIBSQL_URL} cannot be read: `);
    expect(code).toBe(1);
  });
});

describe("npm run fsck, without a database", () => {
  it("creates nothing in an empty data folder", async () => {
    const DATA_DIR = mkdtempSync(path.join(folder, "empty-"));
    const { code, output } = await runCommand("fsck", [], { DATA_DIR });
    expect(output).toMatch(
      /^volume-transfers: the database in \S+\/volume-transfers\.db does not exist\. .*\n$/,
    );
    expect(code).toBe(1);
    expect(readdirSync(DATA_DIR)).toEqual([]);
  });

  it.each(["nonsense", "ftp://example.com", "http:", "libsql://", "file:", "file://host/file"])(
    "rejects LIBSQL_URL=%s in one line",
    async (LIBSQL_URL) => {
      const { code, output } = await runCommand("fsck", [], { LIBSQL_URL });
      expect(output).toBe(
        `volume-transfers: LIBSQL_URL must be a URL that begins with libsql://, https:// or http://, or file: and a path, not "${LIBSQL_URL}".\n`,
      );
      expect(code).toBe(1);
    },
  );
});

describe("npm run fsck, on D1", () => {
  const d1 = path.join(folder, "d1");
  const fsck = () => runCommand("fsck", [], { DATA_DIR: d1 });
  /** Runs statements on the file of the database, which nobody else has open. */
  const write = (sql: readonly string[]) => {
    const files = path.join(d1, "v3/d1/miniflare-D1DatabaseObject");
    const [name = ""] = readdirSync(files).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
    // Defensive mode forbids `writable_schema`.
    const file = new DatabaseSync(path.join(files, name), { defensive: false });
    for (const statement of sql) file.exec(statement);
    file.close();
  };
  beforeAll(async () => {
    await migrateDatabase({ kind: "local D1", folder: d1 }, processes);
  });

  it("exits with 0 and prints the numbers of rows if the database is consistent", async () => {
    write(HEALTHY);
    expect(await fsck()).toEqual({
      code: 0,
      output: `volume-transfers: the D1 database in ${d1} is consistent: ${COUNTS}\n`,
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
