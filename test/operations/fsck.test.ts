import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@libsql/client/web";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/cli/database/database.ts";
import { migrateDatabase } from "../../src/cli/database/migrations.ts";
import { checkDatabase } from "../../src/cli/fsck/check_database.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort } from "../../src/cli/servers/ready.ts";
import { findOrStartSqld, startSqld } from "../../src/cli/servers/sqld.ts";
import { runCommand, startCommand } from "../support/command.ts";
import { startSustainedLoad } from "../support/sustained_load.ts";
import { NO_QUOTA } from "../support/worker.ts";
import { d1Execute } from "./d1.ts";
import { BREACHES, HEALTHY, ODDITIES } from "./rows.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
const processes = new Processes((failure) => console.error(failure.message));
/** Stops what a test that fails leaves running. */
const cleanUp: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all([processes.stop(), ...cleanUp.map((stop) => stop())]);
  await rm(folder, { recursive: true });
});

describe("npm run fsck, on libSQL", () => {
  let url = "";
  const write = (sql: readonly string[]) => createClient({ url }).batch([...sql], "write");
  const fsck = () => runCommand("fsck", [], { LIBSQL_URL: url });

  beforeAll(async () => {
    url = await startSqld(path.join(folder, "sqld"), processes);
  });
  beforeEach(async () => {
    const tables = await createClient({ url }).execute(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
    );
    await write(tables.rows.map(({ name }) => `drop table ${name}`));
    await migrateDatabase({ kind: "libsql", url, authToken: undefined }, processes);
    await write(HEALTHY);
  });

  it("finds nothing wrong with what requests leave behind, and says what it has checked", async () => {
    expect(await fsck()).toEqual({
      code: 0,
      output:
        `volume-transfers: the libSQL database at ${url} is consistent: ` +
        "3 volumes, 2 snapshots, 4 transfers, 5 quota rows, 1 open transfers\n",
    });
  });

  it.each(BREACHES)("finds %s", async (broken, sql) => {
    await write(sql);
    const { code, output } = await fsck();
    expect(output).toMatch(new RegExp(`^violation: ${broken}: [12]$`, "m"));
    expect(code).toBe(1);
  });

  it.each(ODDITIES)("tells of %s, which an admin may have done", async (broken, sql) => {
    await write(sql);
    const { code, output } = await fsck();
    expect(output).toContain(`notice: ${broken}: 1`);
    expect(code).toBe(0);
  });

  it("has nothing to tell of an offer that has expired, and whose volume is available before it is closed", async () => {
    await write([
      "update transfers set expires_at = 1 where id = 'open'",
      "update volumes set status = 'available' where id = 'offered'",
    ]);
    const { code, output } = await fsck();
    expect(output).not.toContain("notice");
    expect(code).toBe(0);
  });

  it("lists the first hundred rows, and counts the others", async () => {
    await write([
      "delete from transfers",
      `with recursive n(n) as (select 1 union all select n + 1 from n where n < 250)
       insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
       select 'id-' || n, 'v', '', 'x', 0, 'alpha', 1 from n`,
    ]);
    const { output } = await fsck();
    expect(output).toContain("violation: transfer with values that no request can write: 250\n");
    expect(output.match(/^ {2}id-\d+: auth_key_hmac is not 64 hexadecimal digits$/gm)).toHaveLength(100);
    expect(output).toContain("  and 150 more");
  });

  it("says in plain words that a database has not our tables, or cannot be reached", async () => {
    await write(["drop table quotas"]);
    const { code, output } = await fsck();
    expect(code).toBe(1);
    expect(output).toContain("the libsql database has no quotas: ");

    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const nobody = await runCommand("fsck", [], { LIBSQL_URL: nowhere });
    expect(nobody.code).toBe(1);
    expect(nobody.output).toContain(`the libSQL database at ${nowhere} cannot be read: `);
  });
});

describe("npm run fsck, on D1", () => {
  const D1 = path.join(folder, "d1");
  const fsck = () => runCommand("fsck", [], { DATA_DIR: D1 });

  it("finds nothing wrong with what requests leave behind", async () => {
    await migrateDatabase({ kind: "local D1", folder: D1 }, processes);
    await d1Execute(D1, HEALTHY, processes);
    expect(await fsck()).toEqual({
      code: 0,
      output:
        `volume-transfers: the D1 database in ${D1} is consistent: ` +
        "3 volumes, 2 snapshots, 4 transfers, 5 quota rows, 1 open transfers\n",
    });
  });

  it("finds what is broken", async () => {
    const some = BREACHES.filter(([, sql]) => sql.length === 1 && sql[0]?.startsWith("update"));
    await d1Execute(
      D1,
      some.flatMap(([, sql]) => sql),
      processes,
    );
    const { violations } = await checkDatabase({ kind: "local D1", folder: D1 }, processes);
    expect(violations.length).toBeGreaterThan(5);
    const { code, output } = await fsck();
    expect(code).toBe(1);
    for (const { title, count } of violations) expect(output).toContain(`violation: ${title}: ${count}`);
  });

  it("says what SQLite finds wrong with its file", async () => {
    const files = path.join(D1, "v3/d1/miniflare-D1DatabaseObject");
    const [name = ""] = readdirSync(files).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
    const file = new DatabaseSync(path.join(files, name), { defensive: false });
    // A constraint that the rows do not keep.
    file.exec("pragma writable_schema = on");
    file.exec("update sqlite_schema set sql = replace(sql, '> 0', '> 5') where name = 'volumes'");
    file.close();

    const { code, output } = await fsck();
    expect(output).toContain("violation: damaged database file");
    expect(code).toBe(1);
  });
});

describe("npm run fsck, on a service that is written to", () => {
  it.each([
    ["serve", 20],
    ["start", 3],
  ] as const)("never finds anything wrong: npm run %s, %s times", async (name, times) => {
    const DATA_DIR = path.join(folder, name);
    const running = await startCommand(name, { ...NO_QUOTA, DATA_DIR });
    cleanUp.push(running.stop);
    const database: Database =
      name === "serve"
        ? {
            kind: "libsql",
            url: await findOrStartSqld(path.join(DATA_DIR, "sqld"), processes),
            authToken: undefined,
          }
        : { kind: "local D1", folder: DATA_DIR };
    const load = startSustainedLoad(running.url);
    const reports = [];
    for (let i = 0; i < times; i++) {
      // Between any two checks, something has changed.
      await load.untilClosed(4 * (i + 1));
      reports.push(await checkDatabase(database, processes));
    }
    await load.stop();

    expect(reports.flatMap(({ violations, notices }) => [...violations, ...notices])).toEqual([]);
    expect(new Set(reports.map(({ rows }) => rows.transfers)).size).toBeGreaterThan(1);
    const { code, output } = await runCommand("fsck", [], { DATA_DIR });
    expect(output).toContain(
      name === "serve" ? `the libSQL database in ${DATA_DIR}/sqld` : `the D1 database in ${DATA_DIR}`,
    );
    expect(code).toBe(0);
    await running.stop();
    // What a process that is killed leaves behind.
    if (name === "serve") writeFileSync(path.join(DATA_DIR, "sqld/url"), "http://127.0.0.1:9");
    expect(await runCommand("fsck", [], { DATA_DIR })).toMatchObject({ code: 0 });
  });
});
