import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createClient } from "@libsql/client/http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { shownSnapshot, shownVolume, uuid } from "../../support/cinder_answers.ts";
import { runCommand, spawnCommand } from "../../support/command.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";

/** Minutes that a busy machine may take. */
const TIMEOUT_MS = 20 * 60_000;

/** `npm run test:soak` sets it. */
const VOLUMES = Number(process.env.IMPORTED_VOLUMES ?? 10_000);
const SNAPSHOTS = 1000;
/** The volumes that are compared in one query. */
const PAGE = 10_000;

const projectOf = (n: number): string => `project-${n % 50}`;
const volume = (n: number) => shownVolume(n, { "os-vol-tenant-attr:tenant_id": projectOf(n) });
const snapshot = (n: number) =>
  shownSnapshot(n, { "os-extended-snapshot-attributes:project_id": projectOf(n) });

/** Writes an answer with all volumes, the newest first as Cinder does, and one with the snapshots. */
function* answers(): Generator<string> {
  yield '{"volumes": [';
  for (let n = VOLUMES; n >= 1; n--) yield `${JSON.stringify(volume(n))}${n > 1 ? ", " : "]}\n"}`;
  yield JSON.stringify({ snapshots: Array.from({ length: SNAPSHOTS }, (_, i) => snapshot(i + 1)) });
}

async function expectConsistent(env: Readonly<Record<string, string>>): Promise<void> {
  const { code, output } = await runCommand("fsck", ["--strict"], env);
  expect(output).toContain("is consistent");
  expect(code).toBe(0);
}

describe("npm run import, of many volumes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const file = path.join(folder, "answers.json");
  let database: LibsqlServer;
  const select = async (sql: string) => (await createClient({ url: database.url }).execute(sql)).rows;
  const countVolumes = async () => Number((await select("select count(*) as n from volumes"))[0]?.n);
  beforeAll(async () => {
    database = await startLibsql();
    await pipeline(Readable.from(answers()), createWriteStream(file));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await database?.stop();
    rmSync(folder, { recursive: true });
  });

  it("goes on after kill -9, to the same end", { timeout: TIMEOUT_MS }, async () => {
    const env = { LIBSQL_URL: database.url };
    const interrupted = spawnCommand("import", [file], env);
    await vi.waitFor(async () => expect(await countVolumes()).toBeGreaterThan(VOLUMES / 10), {
      timeout: TIMEOUT_MS,
      interval: 20,
    });
    expect(await interrupted.kill("SIGKILL")).toBeNull();
    const before = await countVolumes();
    expect(before).toBeLessThan(VOLUMES);
    await expectConsistent(env);

    const started = performance.now();
    const { code, output } = await runCommand("import", [file], env);
    console.log(`the rest of the import took ${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(output).toContain(`volumes: ${VOLUMES - before} created, 0 updated, ${before} unchanged`);
    expect(output).toContain(`snapshots: ${SNAPSHOTS} created, 0 updated, 0 unchanged`);
    expect(code).toBe(0);

    // Every volume is there once, as Cinder shows it, in the order in which Cinder made them.
    for (let first = 1; first <= VOLUMES; first += PAGE) {
      const rows = await select(
        `select id, project_id, display_name, size, metadata from volumes order by seq limit ${PAGE} offset ${first - 1}`,
      );
      const expected = Array.from({ length: PAGE }, (_, i) => {
        const { id, name, size, metadata } = volume(first + i);
        return [id, projectOf(first + i), name, size, JSON.stringify(metadata)];
      });
      expect(rows.map((row) => Object.values({ ...row }))).toEqual(expected);
    }
    const [snapshots] = await select("select count(*) as n, min(id) as first from snapshots");
    const ids = Array.from({ length: SNAPSHOTS }, (_, i) => uuid("snapshot", i + 1)).sort();
    expect({ ...snapshots }).toEqual({ n: SNAPSHOTS, first: ids[0] });
    // It compares the usage with the volumes and snapshots.
    await expectConsistent(env);
  });
});
