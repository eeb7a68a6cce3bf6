import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { runCommand } from "../../support/command.ts";
import { withServiceOn } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const SECRET = "a secret of the tests, of 32 characters at least";
const OWN = { AUTH_STRATEGY: "noauth", AUTH_KEY_SECRET: SECRET, ...NO_QUOTA };
const FACADE = {
  AUTH_STRATEGY: "keystone",
  AUTH_KEY_SECRET: SECRET,
  KEYSTONE_URL: "http://127.0.0.1:9",
  CINDER_URL: "http://127.0.0.1:9",
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  folders.push(folder);
  return folder;
}

/** Starts a service on a folder, and ends it. */
const start = (folder: string, variables: Readonly<Record<string, string>>) =>
  withServiceOn(folder, variables, async () => {});

/** Creates a volume of a service's own. */
const createVolume = (folder: string) => withServiceOn(folder, OWN, (url) => new Client(url).createVolume());

describe("a database with volumes of its own", () => {
  it("is refused by a service with CINDER_URL, and stays as it is", async () => {
    const folder = newFolder();
    await createVolume(folder);
    await expect(start(folder, FACADE)).rejects.toThrow(
      /has volumes or transfers of its own, and with CINDER_URL only Cinder has volumes\. Use another database/,
    );
    await createVolume(folder);
  });

  it("is refused by migrate with CINDER_URL", async () => {
    const folder = newFolder();
    await createVolume(folder);
    const { code, output } = await runCommand("migrate", [], { DATA_DIR: folder, ...FACADE });
    expect([code, output]).toEqual([1, expect.stringContaining("has volumes or transfers of its own")]);
  });
});

describe("the database of a service in front of a Cinder", () => {
  it("is refused by a service without CINDER_URL, which would have volumes of its own", async () => {
    const folder = newFolder();
    await start(folder, FACADE);
    await expect(start(folder, OWN)).rejects.toThrow(
      /belongs to a service in front of a Cinder\. Set CINDER_URL, or use another database\./,
    );
    await start(folder, FACADE);
  });

  it("takes no import", async () => {
    const folder = newFolder();
    await start(folder, FACADE);
    const { code, output } = await runCommand("import", ["--from", "http://127.0.0.1:9"], {
      DATA_DIR: folder,
      OS_TOKEN: "token",
      OS_PROJECT_ID: "project",
    });
    expect([code, output]).toEqual([1, expect.stringContaining("belongs to a service in front of a Cinder")]);
  });

  it("is consistent for fsck", async () => {
    const folder = newFolder();
    await start(folder, FACADE);
    const { code, output } = await runCommand("fsck", ["--strict"], { DATA_DIR: folder, ...FACADE });
    expect([code, output]).toEqual([0, expect.stringContaining("is consistent")]);
  });
});

describe("an empty database", () => {
  it("becomes one of a service in front of a Cinder, also after a start without", async () => {
    const folder = newFolder();
    await start(folder, OWN);
    await start(folder, FACADE);
    await expect(start(folder, OWN)).rejects.toThrow("belongs to a service in front of a Cinder");
  });
});
