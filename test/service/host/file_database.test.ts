import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Mode, Value } from "../../../src/db/engine/driver.ts";
import { DatabaseUnavailable, isLocked, toDatabaseError } from "../../../src/db/engine/driver.ts";
import { FileDatabase } from "../../../src/host/file_database.ts";

let folder: string;
let database: FileDatabase;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  database = new FileDatabase(path.join(folder, "test.db"), { syncsWrites: true });
  database.open();
  await run("write", ["create table numbers (n integer primary key, text)"]);
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const run = (mode: Mode, ...statements: readonly [sql: string, ...params: Value[]][]) =>
  database.run(
    statements.map(([sql, ...params]) => ({ sql, params })),
    mode,
  );
const insert = (n: number) =>
  ["insert into numbers values (?1, ?2)", n, `number ${n}`] as [string, number, string];

describe("a transaction", () => {
  it("returns the rows of each statement, and booleans are 0 and 1", async () => {
    const rows = await run(
      "write",
      insert(1),
      ["select n, ?1, ?2, ?3 from numbers", true, false, null],
      insert(2),
    );
    expect(rows).toEqual([[], [[1, 1, 0, null]], []]);
    expect(await run("read", ["select n from numbers"], ["select count(*) from numbers"])).toEqual([
      [[1], [2]],
      [[2]],
    ]);
  });

  it("returns texts and numbers as they were stored, in the order of the rows", async () => {
    const texts = ['{"a":[1]}', "[]", 'a\u0000 "\\/ \u2028\u{1f600}', "", "null"];
    const numbers = [Number.MAX_SAFE_INTEGER, 0, -1, Number.MIN_SAFE_INTEGER, 42];
    await run(
      "write",
      ...texts.map((text, i): [string, ...Value[]] => [
        "insert into numbers values (?1, ?2)",
        numbers[i] ?? 0,
        text,
      ]),
    );
    const select = "select n, text, json_array(n, text), null from numbers order by n desc limit 5";
    const rows = numbers
      .map((n, i) => [n, texts[i], JSON.stringify([n, texts[i]]), null] as const)
      .toSorted(([a], [b]) => b - a);
    const [[read] = []] = [await run("read", [select])];
    expect(read?.map((row) => [row[0], row[1], JSON.parse(String(row[2])), row[3]])).toEqual(
      rows.map(([n, text, json, none]) => [n, text, JSON.parse(json), none]),
    );
    expect(await run("write", [select], ["delete from numbers where n < 0 returning n, text"])).toEqual([
      read,
      [
        [Number.MIN_SAFE_INTEGER, ""],
        [-1, texts[2]],
      ],
    ]);
  });

  it("returns as a text what a function of JSON has just made", async () => {
    await run("write", insert(1));
    const set = `update numbers set text = json_patch('{"a":1}', '{"b":"x"}') where n = 1 returning n, text`;
    expect(await run("write", [set])).toEqual([[[1, '{"a":1,"b":"x"}']]]);
  });

  it("is rolled back if one statement fails, and the next one is not affected", async () => {
    const failed = run("write", insert(1), insert(1));
    const next = run("write", insert(2));
    await expect(failed).rejects.toThrow("SQLITE_CONSTRAINT_PRIMARYKEY");
    await failed.catch((error: unknown) => expect(toDatabaseError(error)).toBe(error));
    await next;
    expect(await run("read", ["select n from numbers"])).toEqual([[[2]]]);
  });

  it("is seen by every read after it", async () => {
    for (let n = 0; n < 100; n++) {
      await run("write", insert(n));
      expect(await run("read", ["select max(n) from numbers"])).toEqual([[[n]]]);
    }
  });

  it("can have any of thousands of statements", async () => {
    for (let first = 0; first < 2500; first += 500) {
      const statements = Array.from({ length: 500 }, (_, i) => [
        `insert into numbers values (${first + i}, 'x')`,
      ]) as [string][];
      await run("write", ...statements);
    }
    await run("write", insert(2500));
    expect(await run("read", ["select count(*) from numbers"])).toEqual([[[2501]]]);
  });
});

describe("another process that writes to the file", () => {
  it("does not stop reads; a write waits for it, and is then refused as locked", async () => {
    const other = new Database(database.name);
    other.exec("begin immediate; insert into numbers values (1, 'other')");
    const waiting = run("write", insert(2)).catch((error: unknown) => error);
    expect(await run("read", ["select count(*) from numbers"])).toEqual([[[0]]]);
    expect(isLocked(await waiting)).toBe(true);
    other.exec("commit");
    other.close();
    await run("write", insert(2));
    expect(await run("read", ["select n from numbers"])).toEqual([[[1], [2]]]);
  });
});

describe("the log of a file", () => {
  const many = () =>
    run(
      "write",
      ...Array.from(
        { length: 200 },
        (_, i) => ["insert into numbers (text) values (?1)", `${i}`.repeat(100)] as [string, string],
      ),
    );

  it("is moved into the file while others read and write, and does not grow for ever", async () => {
    for (let i = 0; i < 100; i++) await many();
    await vi.waitFor(() => expect(statSync(database.name).size).toBeGreaterThan(1_000_000), {
      timeout: 20_000,
    });
    const written = 100 * 200 * 200;
    expect(statSync(`${database.name}-wal`).size).toBeLessThan(written);
  });

  it("is moved into the file when a long read has ended", async () => {
    const other = new Database(database.name);
    other.exec("begin; select * from numbers");
    for (let i = 0; i < 20; i++) await many();
    expect(statSync(database.name).size).toBeLessThan(100_000);
    other.exec("commit");
    other.close();
    await vi.waitFor(
      async () => {
        await many();
        expect(statSync(database.name).size).toBeGreaterThan(500_000);
      },
      { timeout: 20_000 },
    );
  });

  it("becomes smaller in steps after a long read, since to cut off all at once would stop writers", async () => {
    const step = 67_108_864;
    const size = () => statSync(`${database.name}-wal`).size;
    const other = new Database(database.name);
    other.exec("begin; select * from numbers");
    for (let i = 0; i < 100; i++)
      await run("write", ["insert into numbers (text) values (hex(zeroblob(1000000)))"]);
    other.exec("commit");
    other.close();
    const sizes = [size()];
    expect(sizes[0]).toBeGreaterThan(3 * step);
    while (size() > step) {
      await many();
      sizes.push(size());
    }
    const steps = sizes.slice(1).map((bytes, i) => (sizes[i] ?? 0) - bytes);
    expect(Math.max(...steps)).toBeLessThanOrEqual(step);
  });
});

describe("a file", () => {
  it("is opened by one service at a time", async () => {
    const second = new FileDatabase(database.name, { syncsWrites: true });
    expect(() => second.open()).toThrow(`${database.name} is in use by another service`);
    await database.close();
    second.open();
    await second.close();
  });

  it("is not opened if it is no database", async () => {
    const file = path.join(folder, "text.db");
    writeFileSync(file, "This is a text, and it is longer than the header of a database. ".repeat(100));
    expect(() => new FileDatabase(file, { syncsWrites: true }).open()).toThrow(
      `the database ${file} cannot be opened: SQLITE_NOTADB: file is not a database`,
    );
  });

  it("has its log in it after it was closed", async () => {
    await run("write", insert(1));
    await database.close();
    rmSync(`${database.name}-wal`, { force: true });
    database.open();
    expect(await run("read", ["select n from numbers"])).toEqual([[[1]]]);
  });

  it("that is closed makes the database unavailable", async () => {
    await database.close();
    const error = await run("read", ["select 1"]).catch(toDatabaseError);
    expect(error).toBeInstanceOf(DatabaseUnavailable);
  });
});
