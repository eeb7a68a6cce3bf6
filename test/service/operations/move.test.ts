import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dump } from "../../../src/cli/backup/dump.ts";
import { type Database, fileDatabase } from "../../../src/cli/database/database.ts";
import { useClient } from "../../../src/cli/database/libsql.ts";
import { migrateDatabase } from "../../../src/cli/database/migrations.ts";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { runCommand } from "../../support/command.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";
import { HEALTHY } from "./rows.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
const source = path.join(folder, "source.db");

/** The bytes of a statement that D1 allows. */
const D1_STATEMENT_BYTES = 100_000;
/** Texts that SQL must quote, and one that no statement of D1 can hold. */
const TEXTS = ["it's; --", "line\n;\n'\r", "\\n", "\u2028", "\u0000 and 'more'", "\u{1f4be}".repeat(60_000)];

let servers: LibsqlServer[] = [];
beforeAll(async () => {
  const database = fileDatabase(source);
  await migrateDatabase(database, new Processes(() => {}));
  await useClient(database, "filled", async (client) => {
    await client.batch([...HEALTHY], "write");
    for (const [i, text] of TEXTS.entries()) {
      await client.execute({
        sql: "update volumes set metadata = json_set(metadata, ?, ?) where id = 'kept'",
        args: [`$.text${i}`, text],
      });
    }
  });
  servers = await Promise.all([0, 1].map(() => startLibsql({ migrate: async () => {} })));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

/** How commands select a database: their arguments and their environment. */
interface Selection {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const file = (name: string): Selection => ({ args: [], env: { LIBSQL_URL: `file:${folder}/${name}` } });
const d1 = (name: string): Selection => ({ args: ["--local"], env: { DATA_DIR: path.join(folder, name) } });
const server = (index: number): Selection => ({ args: [], env: { LIBSQL_URL: servers[index]?.url ?? "" } });

async function backUp(name: string, { args, env }: Selection): Promise<string> {
  const backup = path.join(folder, name);
  expect(await runCommand("backup", [backup, ...args], env)).toMatchObject({ code: 0 });
  return backup;
}

/** Returns the rows of all tables but those that record the migrations. */
async function contents(database: Database): Promise<readonly string[]> {
  if (database.kind !== "libsql") throw new Error("a file can be compared");
  const rows: string[] = [];
  for await (const statement of dump(database)) {
    if (/^(INSERT|UPDATE)/.test(statement) && !/^INSERT INTO "__drizzle/.test(statement))
      rows.push(statement);
  }
  return rows.sort();
}

describe("a database that moves from one kind to another, and back", () => {
  /** A backup of each kind of database. */
  const backups = new Map<string, string>();
  beforeAll(async () => {
    backups.set("a file", await backUp("file.sql", file("source.db")));
  });

  it.each<[string, string, () => Selection]>([
    ["a file", "D1", () => d1("first")],
    ["D1", "a libSQL server", () => server(0)],
    ["a file", "a libSQL server", () => server(1)],
    ["D1", "a file", () => file("of_d1.db")],
    ["a libSQL server", "a file", () => file("of_server.db")],
    ["a libSQL server", "D1", () => d1("second")],
  ])("is consistent after the move from %s to %s", async (from, to, targetOf) => {
    const target = targetOf();
    const { code, output } = await runCommand(
      "restore",
      [backups.get(from) ?? "", ...target.args],
      target.env,
    );
    expect(output).toMatch(
      / is consistent: 3 volumes, 2 snapshots, 4 transfers, 5 quota rows, 1 open transfers\n/,
    );
    expect(code).toBe(0);
    if (!backups.has(to)) backups.set(to, await backUp(`${to}.sql`, target));
  });

  it.each(["of_d1.db", "of_server.db"])("has every row as it was: %s", async (name) => {
    expect(await contents(fileDatabase(path.join(folder, name)))).toEqual(
      await contents(fileDatabase(source)),
    );
  });

  it("has no statement in its backup that is too long for D1", () => {
    const lengths = readFileSync(path.join(folder, "file.sql"), "utf8")
      .split(";\n")
      .map((statement) => Buffer.byteLength(statement));
    expect(Math.max(...lengths)).toBeLessThan(D1_STATEMENT_BYTES);
  });
});
