import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@libsql/client/web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "../../src/cli/backup/backup_file.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl } from "../../src/cli/servers/ready.ts";
import { startSqld } from "../../src/cli/servers/sqld.ts";
import { Admin, Client, type Transfer } from "../support/client.ts";
import { runCommand, spawnCommand, startCommand } from "../support/command.ts";
import { startSustainedLoad } from "../support/sustained_load.ts";
import { NO_QUOTA } from "../support/worker.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
/** Stops what a test that fails leaves running. */
const cleanUp: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(cleanUp.map((stop) => stop()));
  rmSync(folder, { recursive: true });
});

/** What a dump has to spell with care. */
const NAMES = ["it's; --", "line\nbreak and \\n\r", "\u2028;\n'", "\u0000", "COMMIT;", "\u{1f4be} é", "\\"];

/** The volumes of a project, as an admin sees them, but for their links. */
async function volumesOf(url: string, project: string): Promise<unknown[]> {
  const { body } = await new Admin(url).get(`volumes/detail?all_tenants=1&project_id=${project}`);
  return body.volumes.map((volume) => ({ ...volume, links: undefined }));
}

describe.each([
  ["serve", "libSQL"],
  ["start", "D1"],
] as const)("a backup of npm run %s (%s)", (name, kind) => {
  const DATA_DIR = path.join(folder, name);
  const file = path.join(folder, `${kind}.sql`);
  let donor: Client;
  let offer: Transfer;
  let volumes: unknown[];

  beforeAll(async () => {
    const running = await startCommand(name, { ...NO_QUOTA, DATA_DIR });
    cleanUp.push(running.stop);
    donor = new Client(running.url);
    for (const text of NAMES)
      await donor.createVolume({ size: 1, name: `name ${text}.`, metadata: { text } });
    offer = (await donor.createTransfer(await donor.createVolume(), { name: "before the backup" })).body
      .transfer;
    volumes = await volumesOf(running.url, donor.project);

    const load = startSustainedLoad(running.url);
    await load.untilClosed(10);
    expect(await runCommand("backup", [file], { DATA_DIR })).toMatchObject({ code: 0 });
    // Requests went on during the backup.
    expect(await load.stop()).toBeGreaterThan(10);
    expect(await running.stop()).toBe(0);
  }, 60_000);

  it("is of one moment: restored, nothing is broken, every row is as it was, and an offer of before can be accepted", async () => {
    const restored = path.join(folder, `${name}-restored`);
    const { code, output } = await runCommand("restore", [file], { DATA_DIR: restored });
    expect(output).toMatch(/ is consistent: \d+ volumes, /);
    expect(output).not.toContain("notice");
    expect(code).toBe(0);

    if (name === "serve") {
      const secret = "auth_key_secret";
      copyFileSync(path.join(DATA_DIR, secret), path.join(restored, secret));
    }
    const running = await startCommand(name, { ...NO_QUOTA, DATA_DIR: restored });
    cleanUp.push(running.stop);
    expect(volumes).toHaveLength(NAMES.length + 1);
    expect(await volumesOf(running.url, donor.project)).toEqual(volumes);
    const shown = await new Admin(running.url).get(`volume-transfers/${offer.id}`);
    expect(shown.body.transfer).toMatchObject({ name: "before the backup", volume_id: offer.volume_id });
    expect((await new Client(running.url).accept(offer)).status).toBe(202);
    expect(await running.stop()).toBe(0);
    expect(await runCommand("fsck", [], { DATA_DIR: restored })).toMatchObject({ code: 0 });
  });

  // `npm start` makes volumes of its own at once.
  if (name === "serve")
    it("fills a service that runs, if it is empty still", async () => {
      const running = await startCommand(name, { DATA_DIR: path.join(folder, "running") });
      cleanUp.push(running.stop);
      const restored = await runCommand("restore", [file], { DATA_DIR: path.join(folder, "running") });
      expect(restored).toMatchObject({ code: 0 });
      expect(await volumesOf(running.url, donor.project)).toEqual(volumes);
      await running.stop();
    });

  it("is not restored over anything", async () => {
    const { code, output } = await runCommand("restore", [file], { DATA_DIR });
    expect(output).toContain("the database is not empty");
    expect(code).toBe(1);
  });

  it("is not written over another", async () => {
    const before = readFileSync(file);
    const { code, output } = await runCommand("backup", [file], { DATA_DIR });
    expect(output).toContain("exists. A backup never overwrites a file.");
    expect(code).toBe(1);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each<[string, RegExp, (whole: Buffer) => Buffer]>([
    ["cut short", /is truncated/, (whole) => whole.subarray(0, whole.length - 1000)],
    ["cut in its last line", /is truncated/, (whole) => whole.subarray(0, whole.length - 1)],
    ["continued", /is truncated/, (whole) => Buffer.concat([whole, Buffer.from("delete from volumes;\n")])],
    ["changed", /is modified/, (whole) => Buffer.from(whole.toString().replace("'available'", "'in-use'"))],
    ["something else", /is not a backup/, () => Buffer.from("select 1;\n")],
    ["empty", /is not a backup/, () => Buffer.alloc(0)],
  ])("that is %s is refused before anything is restored", async (_, message, spoil) => {
    const spoilt = path.join(folder, `${kind}-spoilt.sql`);
    writeFileSync(spoilt, spoil(readFileSync(file)));
    const nowhere = path.join(folder, "nowhere");
    const { code, output } = await runCommand("restore", [spoilt], { DATA_DIR: nowhere });
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(existsSync(nowhere)).toBe(false);
  });

  it("is for its own kind of database alone", async () => {
    const other =
      kind === "D1"
        ? await runCommand("restore", [file], { LIBSQL_URL: "http://127.0.0.1:9" })
        : await runCommand("restore", [file, "--local"], {});
    expect(other.output).toContain(`this is a backup of a ${kind} database`);
    expect(other.code).toBe(1);
  });
});

describe("npm run restore, on libSQL", () => {
  const processes = new Processes((failure) => console.error(failure.message));
  let url = "";
  beforeAll(async () => {
    url = await startSqld(path.join(folder, "sqld"), processes);
  });
  afterAll(() => processes.stop());
  const tables = async () =>
    (await createClient({ url }).execute("select count(*) as n from sqlite_schema")).rows[0]?.n;

  /** A backup whose last statement is another. */
  async function backupWith(name: string, last: string): Promise<string> {
    const file = path.join(folder, name);
    await writeBackup(
      file,
      "libSQL",
      (async function* () {
        yield Buffer.from(`CREATE TABLE t (n);\nINSERT INTO t VALUES(1);\n${last};\n`);
      })(),
    );
    return file;
  }

  it.each([
    ["fails", "INSERT INTO absent VALUES(1)", "no such table: absent"],
    ["cannot be read", "INSERT INTO nothing VALUES(1)", "syntax error"],
  ])("restores nothing where one statement %s", async (what, statement, message) => {
    const file = await backupWith(`${what}.sql`, statement);
    const { code, output } = await runCommand("restore", [file], { LIBSQL_URL: url });
    expect(output).toContain(message);
    expect(code).toBe(1);
    expect(await tables()).toBe(0);
  });

  it("that is killed has restored nothing, and can be run again", async () => {
    const slow =
      "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 30000000) INSERT INTO t SELECT max(n) FROM n";
    const file = await backupWith("slow.sql", slow);
    const restore = spawnCommand("restore", [file], { LIBSQL_URL: url });
    await sleep(1500);
    expect(await restore.kill("SIGKILL")).toBeNull();
    expect(await tables()).toBe(0);
    const whole = await backupWith("whole.sql", "INSERT INTO t VALUES(2)");
    expect(await runCommand("restore", [whole], { LIBSQL_URL: url })).toMatchObject({ code: 0 });
    expect((await createClient({ url }).execute("select sum(n) as n from t")).rows[0]?.n).toBe(3);
  });
});

describe("npm run backup, of a libSQL server that does not tell everything", () => {
  const TOLD = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (n);\n";
  const file = path.join(folder, "not/whole.sql");
  let answer: (response: ServerResponse) => void;
  const server = createServer((_, response) => answer(response));
  let env: Record<string, string>;
  beforeAll(async () => {
    mkdirSync(path.dirname(file));
    const port = await freePort();
    server.listen(port, "127.0.0.1");
    env = { LIBSQL_URL: serverUrl("127.0.0.1", port) };
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each<[string, RegExp, typeof answer]>([
    ["stops too early", /is incomplete/, (response) => response.end(TOLD)],
    ["is cut off", /cannot be dumped/, (response) => response.write(TOLD, () => response.destroy())],
    ["cannot dump", /GET \/dump returned 404/, (response) => response.writeHead(404).end()],
  ])("leaves no file where it %s", async (_, message, answerSo) => {
    answer = answerSo;
    const { code, output } = await runCommand("backup", [file], env);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it("leaves no file where it is stopped", async () => {
    const told = new Promise<void>((resolve) => {
      answer = (response) => response.write(TOLD, () => resolve());
    });
    const backup = spawnCommand("backup", [file], env);
    await told;
    while (readdirSync(path.dirname(file)).length === 0) await sleep(20);
    await backup.kill("SIGTERM");
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });
});
