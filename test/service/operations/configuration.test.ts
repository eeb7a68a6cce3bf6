import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { readWranglerConfig, type WranglerConfig } from "../../../src/cli/servers/wrangler.ts";
import { assertConfigured, assertDeployable } from "../../../src/cli/settings/deployment.ts";
import { runCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";

const LIBSQL_URL = "libsql://db.example";
const KEYSTONE = { AUTH_STRATEGY: "keystone", KEYSTONE_URL: "https://keystone.example" };

describe.each(["start", "serve"] as const)("npm run %s", (command) => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("exits with 1 before it starts anything if a variable is invalid, and names the variable", async () => {
    const env = { AUTH_STRATEGY: "noauth", QUOTA_VOLUMES: "many", DATA_DIR: path.join(folder, "data") };
    const { code, output } = await runCommand(command, [], { ...env, PORT: String(await freePort()) });
    expect(output).toContain("QUOTA_VOLUMES must be a whole number");
    expect(code).toBe(1);
  });

  it.each(["", "/below"])("says in a line that a file%s is no data folder", async (below) => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    const env = { AUTH_STRATEGY: "noauth", DATA_DIR: file + below, PORT: String(await freePort()) };
    const { code, output } = await runCommand(command, [], env);
    expect(output).toMatch(/^volume-transfers: the (data folder|database) \S+ cannot be (used|opened): .*$/m);
    expect(output).not.toContain("    at ");
    expect(code).toBe(1);
  });
});

describe("npm run migrate", () => {
  it("creates a data folder that does not exist", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
    const { code, output } = await runCommand("migrate", [], { DATA_DIR: path.join(folder, "new/data") });
    rmSync(folder, { recursive: true });
    expect(output).toContain("is up to date");
    expect(code).toBe(0);
  });
});

describe("npm run check-config", () => {
  it("exits with 0 if the configuration is complete", async () => {
    expect(await runCommand("check-config", [], { ...KEYSTONE, LIBSQL_URL })).toMatchObject({ code: 0 });
  });

  it("exits with 1 if a variable is missing, and names the variable", async () => {
    const { code, output } = await runCommand("check-config", [], { AUTH_STRATEGY: "keystone", LIBSQL_URL });
    expect(output).toContain("KEYSTONE_URL must be set");
    expect(code).toBe(1);
  });
});

describe("a deployment", () => {
  let config: WranglerConfig;
  beforeAll(async () => {
    const processes = new Processes((failure) => console.error(failure.message));
    config = await readWranglerConfig(processes);
    await processes.stop();
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["KEYSTONE_URL must be set", { AUTH_STRATEGY: "keystone", LIBSQL_URL }],
    ["JWT_ISSUER must be set", { AUTH_STRATEGY: "jwt", LIBSQL_URL }],
    ["AUTH_STRATEGY must be set", { LIBSQL_URL }],
    ["AUTH_STRATEGY=noauth", { AUTH_STRATEGY: "noauth", LIBSQL_URL }],
    ["LIBSQL_URL must be set", KEYSTONE],
  ])("is rejected: %s", (message, variables) => {
    const check = () => {
      assertConfigured(config, variables);
      assertDeployable(config, variables);
    };
    expect(check).toThrow(message);
  });

  it("of AUTH_STRATEGY=noauth is rejected by npm run deploy", async () => {
    const { code, output } = await runCommand("deploy", [], { AUTH_STRATEGY: "noauth", LIBSQL_URL });
    expect(output).toContain("cannot be deployed");
    expect(code).toBe(1);
  });
});
