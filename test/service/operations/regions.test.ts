import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { readWranglerConfig, writeLocalConfig } from "../../../src/cli/servers/wrangler.ts";
import { Client } from "../../support/client.ts";
import { type CommandService, runCommand, startCommand } from "../../support/command.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const REGIONS = "eu us";
const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
const DATA_DIR = path.join(folder, "data");
const env = { ...NO_QUOTA, REGIONS, DATA_DIR };
const backup = path.join(folder, "backup.sql");
let service: CommandService;
beforeAll(async () => {
  service = await startCommand("serve", env);
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

/** Creates volumes in a region of the service. */
async function createVolumes(region: string, count: number): Promise<Client> {
  const client = new Client(`${service.url}/${region}`, { tolerant: true });
  for (let i = 0; i < count; i++) await client.createVolume();
  return client;
}

const countVolumes = async (client: Client): Promise<number> =>
  (await client.get("volumes")).body.volumes.length;

describe("npm run serve with REGIONS", () => {
  it("has a database for each region in the data folder, and one secret", async () => {
    const [inEu, inUs] = [await createVolumes("eu", 2), await createVolumes("us", 1)];
    expect(await countVolumes(inEu)).toBe(2);
    expect(await countVolumes(inUs)).toBe(1);
    expect(readFileSync(path.join(DATA_DIR, "auth_key_secret"), "utf8")).not.toBe("");
    for (const region of REGIONS.split(" ")) {
      expect(existsSync(path.join(DATA_DIR, region, "volume-transfers.db"))).toBe(true);
    }
  });

  it("is refused if a region has a bad name", async () => {
    const { code, output } = await runCommand("serve", [], {
      ...env,
      AUTH_STRATEGY: "noauth",
      REGIONS: "eu v3",
    });
    expect(output).toContain('REGIONS must not contain "v3", which is a path of the service');
    expect(code).toBe(1);
  });
});

describe("a command", () => {
  it("works on all regions in turn, and prints a summary", async () => {
    const { code, output } = await runCommand("fsck", [], env);
    expect(output).toContain(
      `region eu\nvolume-transfers: the database of eu in ${DATA_DIR}/eu/volume-transfers.db is consistent: 2 volumes`,
    );
    expect(output).toContain(
      `region us\nvolume-transfers: the database of us in ${DATA_DIR}/us/volume-transfers.db is consistent: 1 volumes`,
    );
    expect(output).toMatch(/volume-transfers: eu done, us done\n$/);
    expect(code).toBe(0);
  });

  it("works on one region with --region", async () => {
    const { code, output } = await runCommand("fsck", ["--region", "us"], env);
    expect(output).toMatch(/^volume-transfers: the database of us in .* is consistent: 1 volumes.*\n$/);
    expect(code).toBe(0);
  });

  it.each([
    [{ REGIONS }, "--region asia: there is no such region in REGIONS: eu, us."],
    [{ REGIONS: "" }, "--region asia: REGIONS is not set."],
  ])("rejects a region that does not exist, with %j", async (variables, message) => {
    const { code, output } = await runCommand("fsck", ["--region", "asia"], { ...env, ...variables });
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  it("goes on with the other regions if one fails, and names it", async () => {
    const { code, output } = await runCommand("migrate", [], {
      ...env,
      LIBSQL_URL_EU: "http://127.0.0.1:9",
    });
    expect(output).toContain("the libSQL database at http://127.0.0.1:9 cannot be migrated");
    expect(output).toMatch(/region us\nvolume-transfers: the database of us in \S+ is up to date/);
    expect(output).toContain("volume-transfers: eu failed, us done");
    expect(output).toMatch(/1 of 2 regions failed: eu\n/);
    expect(code).toBe(1);
  });
});

describe("a backup", () => {
  it("of all regions is a file for each, and is restored to each", async () => {
    expect(await runCommand("backup", [backup], env)).toMatchObject({ code: 0 });
    const restored = path.join(folder, "restored");
    const { code, output } = await runCommand("restore", [backup], { ...env, DATA_DIR: restored });
    expect(output).toContain(
      `restoring ${folder}/backup.eu.sql, 1 MB, to the database of eu in ${restored}/eu/volume-transfers.db`,
    );
    expect(output).toContain(
      `the database of us in ${restored}/us/volume-transfers.db is consistent: 1 volumes`,
    );
    expect(output).toContain("volume-transfers: eu done, us done");
    expect(code).toBe(0);
  });

  it("of one region can be restored to another", async () => {
    const file = path.join(folder, "one.sql");
    expect(await runCommand("backup", [file, "--region", "eu"], env)).toMatchObject({ code: 0 });
    copyFileSync(file, path.join(folder, "other.sql"));
    const DATA_DIR = path.join(folder, "moved");
    const { output } = await runCommand("restore", [file, "--region", "us"], { ...env, DATA_DIR });
    expect(output).toContain(
      `the database of us in ${DATA_DIR}/us/volume-transfers.db is consistent: 2 volumes`,
    );
  });
});

describe("npm run serve", () => {
  it("starts although a region is away, and serves the others", async () => {
    const away = await startCommand("serve", {
      ...env,
      DATA_DIR: path.join(folder, "away"),
      LIBSQL_URL_US: "http://127.0.0.1:9",
    });
    try {
      expect((await fetch(`${away.url}/eu/readyz`)).status).toBe(200);
      expect((await fetch(`${away.url}/us/readyz`)).status).toBe(503);
      expect(away.process.lines.join("\n")).toContain('{"event":"region_unavailable","region":"us"');
    } finally {
      expect(await away.stop()).toBe(0);
    }
  });

  it("ends if all regions are away", async () => {
    const { code, output } = await runCommand("serve", [], {
      ...env,
      AUTH_STRATEGY: "noauth",
      LIBSQL_URL_EU: "http://127.0.0.1:9",
      LIBSQL_URL_US: "http://127.0.0.1:10",
    });
    expect(output).toContain("the database at http://127.0.0.1:10 cannot be migrated");
    expect(code).toBe(1);
  });
});

describe("npm run dev with REGIONS", () => {
  // Each step starts wrangler.
  it("has a D1 database for each region, and shows a transfer in each", { timeout: 300_000 }, async () => {
    const DATA_DIR = path.join(folder, "dev");
    const { url, process, stop } = await startCommand("dev", { ...env, DATA_DIR });
    try {
      const project = { project: "alpha", user: "alice" };
      for (const region of ["eu", "us"]) {
        expect(await countVolumes(new Client(`${url}/${region}`, project))).toBe(2);
        expect(process.lines.join("\n")).toContain(`${url}/${region}/v3/alpha/volume-transfers`);
      }
      await new Client(`${url}/eu`, project).createVolume();
      expect(await countVolumes(new Client(`${url}/us`, project))).toBe(2);
    } finally {
      expect(await stop()).toBe(0);
    }
    const { code, output } = await runCommand("fsck", ["--local"], { ...env, DATA_DIR });
    expect(output).toContain(`the D1 database of eu in ${DATA_DIR} is consistent: 4 volumes`);
    expect(output).toContain(`the D1 database of us in ${DATA_DIR} is consistent: 3 volumes`);
    expect(code).toBe(0);
  });
});

describe("the configuration that npm run dev writes for regions", () => {
  it("builds the assets and watches the source of the project, as wrangler.toml does", async () => {
    const processes = new Processes(() => {});
    const own = await readWranglerConfig(processes);
    const file = writeLocalConfig(own, folder, ["DB_EU"]);
    const { build, main } = unstable_readConfig({ config: file }, { hideWarnings: true });
    const { build: expected } = unstable_readConfig({ config: "wrangler.toml" }, { hideWarnings: true });
    expect(build).toEqual({ ...expected, cwd: process.cwd() });
    expect(main).toBe(path.resolve("src/index.ts"));
  });
});

describe("npm run check-config with REGIONS", () => {
  const keystone = { AUTH_STRATEGY: "keystone", KEYSTONE_URL: "https://keystone.example", REGIONS };

  it("requires a database for each region", async () => {
    const { code, output } = await runCommand("check-config", [], {
      ...keystone,
      LIBSQL_URL_EU: "https://eu.example",
    });
    expect(output).toContain("LIBSQL_URL_US must be set, or a D1 database must be bound as DB_US");
    expect(code).toBe(1);
  });

  it("accepts regions that have their databases", async () => {
    const { code, output } = await runCommand("check-config", [], {
      ...keystone,
      LIBSQL_URL_EU: "https://eu.example",
      LIBSQL_URL_US: "https://us.example",
    });
    expect(output).toBe("volume-transfers: the configuration is complete\n");
    expect(code).toBe(0);
  });
});
