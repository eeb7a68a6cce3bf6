import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { GO_ENVIRONMENT } from "../../interoperability/clients/installation.ts";
import { Client } from "../../support/client.ts";
import { type CommandService, runCommand, startCommand } from "../../support/command.ts";
import { KillableProcess } from "../../support/killable_process.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { run } from "./programs.ts";

const VERSION = "v0.5.16";
const PROGRAMS = path.join(projectFolder, ".data/litestream", VERSION);
const LITESTREAM = path.join(PROGRAMS, "litestream");

/** Acknowledged writes that may be lost, by their age, and the time of a restore, milliseconds. */
const MAX_LOST_MS = 1000;
const MAX_RESTORE_MS = 60_000;
const CLIENTS = 8;
/** So many that Litestream moves the log into the file some times. */
const WRITES = 4000;

/** Builds Litestream, and returns whether it could. */
async function isBuilt(): Promise<boolean> {
  const args = ["install", "-modcacherw", `github.com/benbjohnson/litestream/cmd/litestream@${VERSION}`];
  try {
    await promisify(execFile)("go", args, {
      env: { ...process.env, ...GO_ENVIRONMENT, CGO_ENABLED: "0", GOBIN: PROGRAMS },
    });
    return true;
  } catch (error) {
    console.warn(`skipped: Go cannot build Litestream: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

describe.runIf(await isBuilt())("Litestream with the configuration of examples/deployment", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const DATA_DIR = path.join(folder, "data");
  const file = path.join(DATA_DIR, "volume-transfers.db");
  const config = path.join(folder, "litestream.yml");
  const env = { ...NO_QUOTA, DATA_DIR, AUTH_KEY_SECRET: generateAuthKeySecret(), CHECKPOINTS: "off" };
  let service: CommandService;
  let litestream: KillableProcess;

  const start = async () => {
    service = await startCommand("serve", env);
  };
  const replicate = () => {
    litestream = new KillableProcess({
      title: "litestream",
      file: LITESTREAM,
      args: ["replicate", "-config", config],
      cwd: folder,
    });
  };
  afterAll(async () => {
    await Promise.all([litestream?.kill(), service?.stop("SIGKILL")]);
    rmSync(folder, { recursive: true });
  });

  it("loses at most a second of acknowledged writes with the disk, and restores the rest in a minute", {
    timeout: 300_000,
  }, async () => {
    const replica = path.join(folder, "replica");
    const example = readFileSync("examples/deployment/litestream.yml", "utf8");
    writeFileSync(
      config,
      example
        .replace("/var/lib/volume-transfers/volume-transfers.db", file)
        .replace("s3://BUCKET/volume-transfers", `file://${replica}`),
    );
    await start();
    replicate();
    const donor = new Client(service.url);
    const transfer = await donor.createVolumeAndTransfer();

    const acknowledged = new Map<string, number>();
    const load = async () => {
      const { url } = service;
      const clients = Array.from({ length: CLIENTS }, async () => {
        const client = new Client(url, { project: donor.project, tolerant: true });
        for (;;) {
          const { status, body } = await client.send("POST", "volumes", { volume: { size: 1 } });
          if (status !== 202) return status;
          acknowledged.set(body.volume.id, performance.now());
        }
      });
      return new Set(await Promise.all(clients));
    };
    const until = async (count: number) => {
      while (acknowledged.size < count) await sleep(10);
    };
    // The service restarts beside Litestream.
    const first = load();
    await until(WRITES / 2);
    await service.stop();
    await first;
    await start();
    const statuses = load();
    await until(WRITES);

    await Promise.all([service.stop("SIGKILL"), litestream.kill()]);
    const killed = performance.now();
    rmSync(DATA_DIR, { recursive: true });
    expect(await statuses).toEqual(new Set([0]));

    const began = performance.now();
    mkdirSync(DATA_DIR);
    await run(LITESTREAM, ["restore", "-config", config, file]);
    const restoreMs = performance.now() - began;
    const checked = await runCommand("fsck", ["--strict"], { DATA_DIR });
    expect(checked).toMatchObject({ code: 0, output: expect.stringContaining("is consistent") });

    await start();
    const found = new Set<string>();
    for (let marker = ""; ; ) {
      const { body } = await new Client(service.url, { project: donor.project }).get(
        `volumes?limit=1000${marker}`,
      );
      for (const { id } of body.volumes) found.add(id);
      const last = body.volumes.at(-1);
      if (last === undefined) break;
      marker = `&marker=${last.id}`;
    }
    const lost = [...acknowledged].filter(([id]) => !found.has(id)).map(([, at]) => killed - at);
    console.log(
      JSON.stringify({
        acknowledged: acknowledged.size,
        lost: lost.length,
        oldestLostMs: Math.round(Math.max(0, ...lost)),
        restoreMs: Math.round(restoreMs),
      }),
    );
    expect(Math.max(0, ...lost)).toBeLessThan(MAX_LOST_MS);
    expect(restoreMs).toBeLessThan(MAX_RESTORE_MS);
    expect((await new Client(service.url).accept(transfer)).status).toBe(202);
  });

  it("leaves no tables of its own in a backup", async () => {
    const backup = path.join(folder, "backup.sql");
    expect(await runCommand("backup", [backup], { DATA_DIR })).toMatchObject({ code: 0 });
    expect(readFileSync(backup, "utf8")).not.toContain("_litestream");
  });
});
