import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Admin, Client, type Transfer } from "../../support/client.ts";
import { type CommandService, runCommand, startCommand } from "../../support/command.ts";
import { type SustainedLoad, startSustainedLoad } from "../../support/sustained_load.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { findProcesses } from "./linux_processes.ts";

/** Texts that a dump must quote. */
const TEXTS = ["it's; --", "line\nbreak and \\n\r", "\u2028;\n'", "\u0000", "COMMIT;", "\u{1f4be} é", "\\"];

/** How often a database is checked while requests change it. `npm run test:soak` sets FSCK_CHECKS. */
const CHECKS = { D1: Number(process.env.FSCK_CHECKS ?? 1), "a file": Number(process.env.FSCK_CHECKS ?? 2) };

/** Returns the volumes of a project as an admin sees them, without their links, which depend on the port. */
export async function listVolumes(url: string, project: string): Promise<unknown[]> {
  const { body } = await new Admin(url).get(`volumes/detail?all_tenants=1&project_id=${project}`);
  return body.volumes.map((volume) => ({ ...volume, links: undefined }));
}

/** The content of the service before the backup. */
interface BeforeBackup {
  readonly project: string;
  readonly volumes: readonly unknown[];
  readonly transfer: Transfer;
}

/** The data folder of a service, its backup, and what was in it. */
interface Lifecycle {
  readonly folder: string;
  /** The file of the backup. */
  readonly backup: string;
  readonly before: () => BeforeBackup;
}

/**
 * Declares the tests of a service from its first start to the restoration of its backup. They follow each other: each
 * goes on with the service and the data folder that the one before has left.
 *
 * @param more.ofService declares further tests, of the running service
 * @param more.ofBackup declares further tests, which need the backup
 */
export function describeLifecycle(
  command: "start" | "serve" | "dev",
  database: "a file" | "D1",
  more: {
    readonly ofService?: (running: () => CommandService, folder: string) => void;
    readonly ofBackup?: (lifecycle: Lifecycle) => void;
  } = {},
): void {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const DATA_DIR = path.join(folder, "data");
  const backup = path.join(folder, "backup.sql");
  // `npm run dev` stores no secret in the data folder.
  const variables = { ...NO_QUOTA, ...(database === "D1" && { AUTH_KEY_SECRET: "s".repeat(32) }) };
  let running: CommandService;
  let load: SustainedLoad;
  let before: BeforeBackup;
  const start = async (env: Readonly<Record<string, string>>, as = command): Promise<CommandService> => {
    running = await startCommand(as, { ...variables, DATA_DIR, ...env });
    return running;
  };
  afterAll(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true });
  });

  describe(`npm run ${command}, on ${database}`, () => {
    beforeAll(async () => {
      const { url } = await start({});
      const donor = new Client(url);
      for (const text of TEXTS) await donor.createVolume({ name: `name ${text}.`, metadata: { text } });
      const transfer = await donor.createVolumeAndTransfer({ name: "before the backup" });
      before = { project: donor.project, volumes: await listVolumes(url, donor.project), transfer };
      load = startSustainedLoad(url);
    });

    it("warns once that AUTH_STRATEGY=noauth does not authenticate", () => {
      const warnings = running.process.lines.filter((line) => line.includes("AUTH_STRATEGY=noauth"));
      expect(warnings).toEqual([expect.stringMatching(/^AUTH_STRATEGY=noauth: /)]);
    });

    more.ofService?.(() => running, DATA_DIR);

    it("keeps a consistent database: npm run fsck finds nothing while requests change it", async () => {
      for (let check = 1; check <= CHECKS[database]; check++) {
        // Between two checks requests change something.
        await load.untilClosed(10 * check);
        const { code, output } = await runCommand("fsck", [], { DATA_DIR });
        expect(output).toMatch(/^volume-transfers: the .* is consistent: \d+ volumes, .*\n$/);
        expect(output).toContain(
          database === "D1"
            ? `the D1 database in ${DATA_DIR}`
            : `the database in ${DATA_DIR}/volume-transfers.db`,
        );
        expect(code).toBe(0);
      }
    });

    it("has a backup made by npm run backup while requests change it", async () => {
      await load.untilClosed(10 * (CHECKS[database] + 1));
      expect(await runCommand("backup", [backup], { DATA_DIR })).toMatchObject({ code: 0 });
      await load.stop();
    });

    it("exits with 0 at SIGTERM", async () => {
      // Processes are found in /proc, which other systems than Linux do not have.
      if (process.platform === "linux") expect(await findProcesses(DATA_DIR)).not.toEqual([]);
      expect(await running.stop("SIGTERM")).toBe(0);
    });

    it.runIf(process.platform === "linux")("leaves no process behind after SIGTERM", async () => {
      expect(await findProcesses(DATA_DIR)).toEqual([]);
    });

    it("leaves a database that npm run fsck checks without the service", async () => {
      expect(await runCommand("fsck", [], { DATA_DIR })).toMatchObject({ code: 0 });
    });

    it("has its data when it starts again, on the same port", async () => {
      const again = await start({ PORT: new URL(running.url).port });
      expect(before.volumes).toHaveLength(TEXTS.length + 1);
      expect(await listVolumes(again.url, before.project)).toEqual(before.volumes);
    });

    it("exits with 0 at SIGINT", async () => {
      expect(await running.stop("SIGINT")).toBe(0);
    });

    it.runIf(process.platform === "linux")("leaves no process behind after SIGINT", async () => {
      expect(await findProcesses(DATA_DIR)).toEqual([]);
    });
  });

  describe(`a backup of npm run ${command}, on ${database}`, () => {
    const restored = path.join(folder, "restored");

    it("is of one moment: the file that npm run restore fills is consistent", async () => {
      const { code, output } = await runCommand("restore", [backup], { DATA_DIR: restored });
      expect(output).toMatch(/ is consistent: \d+ volumes, /);
      expect(output).not.toContain("notice");
      expect(code).toBe(0);
    });

    it("has every row: the volumes are as they were, and the transfer can be accepted", async () => {
      const secret = path.join(DATA_DIR, "auth_key_secret");
      if (existsSync(secret)) copyFileSync(secret, path.join(restored, "auth_key_secret"));
      const { url } = await start({ DATA_DIR: restored }, database === "D1" ? "serve" : command);
      expect(await listVolumes(url, before.project)).toEqual(before.volumes);
      const { id, volume_id } = before.transfer;
      const { transfer } = (await new Admin(url).get(`volume-transfers/${id}`)).body;
      expect(transfer).toMatchObject({ name: "before the backup", volume_id });
      expect((await new Client(url).accept(before.transfer)).status).toBe(202);
      expect(await running.stop()).toBe(0);
    });

    it("is not restored to a database that is not empty", async () => {
      // The D1 of `npm run dev` is restored to only if a flag names it.
      const flags = database === "D1" ? ["--local"] : [];
      const { code, output } = await runCommand("restore", [backup, ...flags], { DATA_DIR });
      expect(output).toContain("the database is not empty");
      expect(code).toBe(1);
    });

    it("is not overwritten by another", async () => {
      const content = readFileSync(backup);
      const { code, output } = await runCommand("backup", [backup], { DATA_DIR });
      expect(output).toContain("exists. A backup never overwrites a file.");
      expect(code).toBe(1);
      expect(readFileSync(backup).equals(content)).toBe(true);
    });

    more.ofBackup?.({ folder, backup, before: () => before });
  });
}
