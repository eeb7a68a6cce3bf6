import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../support/client.ts";
import { runCommand, startCommand } from "../support/command.ts";
import { freePort } from "../support/free_port.ts";

/** The command lines of the processes that have a text in their command line or environment. */
async function processesOf(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [cmdline, environ] = await Promise.all(
        ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      return cmdline?.includes(text) || environ?.includes(text) ? (cmdline ?? "") : "";
    }),
  );
  return found.filter((line) => line !== "");
}

describe.each(["start", "serve"] as const)("npm run %s", (name) => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  // Processes are looked up in /proc, which other systems than Linux have not.
  it.runIf(process.platform === "linux")(
    "ends with exit code 0 at SIGTERM and SIGINT, leaves no process behind, and finds its data when it starts again",
    async () => {
      const DATA_DIR = path.join(folder, "data");
      const first = await startCommand(name, { DATA_DIR });
      const client = new Client(first.url);
      const volume = await client.createVolume();
      expect(await processesOf(DATA_DIR)).not.toEqual([]);
      expect(await first.stop("SIGTERM")).toBe(0);
      expect(await processesOf(DATA_DIR)).toEqual([]);

      const again = await startCommand(name, { DATA_DIR, PORT: new URL(first.url).port });
      expect((await client.get(`volumes/${volume}`)).status).toBe(200);
      expect(await again.stop("SIGINT")).toBe(0);
      expect(await processesOf(DATA_DIR)).toEqual([]);
    },
  );

  it("refuses a wrong variable at once, and names it", async () => {
    const env = { AUTH_STRATEGY: "noauth", QUOTA_VOLUMES: "many", DATA_DIR: path.join(folder, "wrong") };
    const { code, output } = await runCommand(name, [], { ...env, PORT: String(await freePort()) });
    expect(code).toBe(1);
    expect(output).toContain("QUOTA_VOLUMES must be a whole number");
  });
});

describe("npm run check:config", () => {
  const LIBSQL_URL = "libsql://db.example";

  it("says that a configuration is complete", async () => {
    const env = { AUTH_STRATEGY: "keystone", KEYSTONE_URL: "https://keystone.example", LIBSQL_URL };
    expect(await runCommand("check_config", [], env)).toMatchObject({ code: 0 });
  });

  it.each([
    ["KEYSTONE_URL must be set", { AUTH_STRATEGY: "keystone", LIBSQL_URL }],
    ["JWT_ISSUER must be set", { AUTH_STRATEGY: "jwt", LIBSQL_URL }],
    ["AUTH_STRATEGY must be set", { LIBSQL_URL }],
    ["AUTH_STRATEGY=noauth", { AUTH_STRATEGY: "noauth", LIBSQL_URL }],
    ["LIBSQL_URL must be set", { AUTH_STRATEGY: "keystone", KEYSTONE_URL: "https://keystone.example" }],
  ])("says before a deployment: %s", async (message, env) => {
    const { code, output } = await runCommand("check_config", [], env);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });
});

describe("npm run deploy", () => {
  it("refuses AUTH_STRATEGY=noauth", async () => {
    const { code, output } = await runCommand("deploy", [], {
      AUTH_STRATEGY: "noauth",
      LIBSQL_URL: "libsql://db.example",
    });
    expect(code).toBe(1);
    expect(output).toContain("cannot be deployed");
  });
});
