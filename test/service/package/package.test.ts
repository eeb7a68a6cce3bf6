import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";
import { runOutside, spawnOutside } from "./outside.ts";

const tarball = inject("tarball");
const consumer = inject("consumer");
const COMMANDS = [
  "start",
  "serve",
  "init",
  "deploy",
  "check-config",
  "migrate",
  "fsck",
  "events",
  "import",
  "backup",
  "restore",
  "conform",
] as const;

const MAIN = path.join(consumer, "node_modules/volume-transfers/dist/cli/main.js");

/** Node itself starts faster on a machine that is idle. */
const IDLE_NODE_MS = 60;

const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync("package.json", "utf8")));

/** Runs the command of the package, as its user does. */
const volumeTransfers = (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
  runOutside(consumer, "npx", ["volume-transfers", ...args], { variables });

describe("the tarball", () => {
  const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((file) => file.replace("package/", ""));

  it("is named after the version", () => {
    expect(path.basename(tarball)).toBe(`volume-transfers-${version}.tgz`);
  });

  it("holds the Worker, its assets, the migrations and the licence", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "dist/worker/index.js",
        "dist/assets/swagger-ui.css",
        "drizzle/0000_init.sql",
        "drizzle/meta/_journal.json",
      ]),
    );
  });

  it("holds no sources, tests or secrets", () => {
    expect(files.filter((file) => /^(src|test|\.)/.test(file))).toEqual([]);
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.map$/.test(file))).toEqual([]);
  });

  it("takes at most 40 MB with what it depends on", () => {
    const megabytes = inject("installedBytes") / 1e6;
    console.log(`# Installed: ${megabytes.toFixed(1)} MB`);
    expect(megabytes).toBeLessThanOrEqual(40);
  });

  it("passes publint", () => {
    const output = execFileSync("publint", ["run", tarball, "--strict"], { encoding: "utf8" });
    expect(output).toContain("All good!");
  });

  it("has types that every resolution of ES modules finds", () => {
    // It exits with 1 if there are problems with the profile.
    const output = execFileSync("attw", [tarball, "--profile", "esm-only", "--no-emoji"], {
      encoding: "utf8",
    });
    expect(output.match(/node16 \(from ESM\): OK/g)).toHaveLength(3);
  });
});

describe("the version", () => {
  it("is printed by --version", async () => {
    expect(await volumeTransfers(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe("npx volume-transfers", () => {
  it("lists its commands", async () => {
    const { output } = await volumeTransfers(["--help"]);
    for (const command of COMMANDS) expect(output).toMatch(new RegExp(`^  ${command} .*\\w`, "m"));
  });

  it.each(COMMANDS)("%s has a help text that names no npm script", async (command) => {
    const { code, stdout } = await volumeTransfers([command, "--help"]);
    expect(stdout).toMatch(new RegExp(`^Usage: volume-transfers ${command} \\[options\\]`));
    expect(stdout).not.toContain("npm run");
    expect(code).toBe(0);
  });

  it("rejects an unknown command and an unknown option", async () => {
    expect(await volumeTransfers(["bakup"])).toMatchObject({
      code: 1,
      output: expect.stringContaining("Did you mean backup?"),
    });
    const { code, output } = await volumeTransfers(["backup", "file", "--everything"]);
    expect([code, output]).toEqual([1, expect.stringContaining("unknown option '--everything'")]);
  });

  it("says what deploy needs", async () => {
    expect(await volumeTransfers(["deploy"])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/volume-transfers init|Node 22/),
    });
  });

  it("writes a wrangler.toml whose paths exist, and does not overwrite it", async () => {
    expect(await volumeTransfers(["init"])).toMatchObject({ code: 0 });
    const toml = readFileSync(path.join(consumer, "wrangler.toml"), "utf8");
    const paths = Array.from(
      toml.matchAll(/^(?:main|migrations_dir|directory) = "(.+)"$/gm),
      ([, file]) => file,
    );
    expect(paths).toHaveLength(3);
    for (const file of paths) expect(path.join(consumer, file ?? "")).toSatisfy(exists);
    expect(await volumeTransfers(["init"])).toMatchObject({
      code: 1,
      output: expect.stringContaining("wrangler.toml exists already"),
    });
  });
});

const exists = (file: string): boolean => {
  try {
    execFileSync("test", ["-e", file]);
    return true;
  } catch {
    return false;
  }
};

describe("npx volume-transfers start", () => {
  it("serves a demo on a database that is kept", async () => {
    const first = await startService(["--port", "0"], /^volume-transfers: ready on (\S+)$/);
    const volumes = await (
      await fetch(`${first.value}/v3/alpha/volumes`, { headers: { "X-Auth-Token": "alice:alpha" } })
    ).json();
    expect(volumes).toMatchObject({ volumes: [{ name: "website" }, { name: "database" }] });
    expect(await first.stop()).toBe(0);
    const second = await startService(["--port", "0"], /^volume-transfers: ready on (\S+)$/);
    const again = await fetch(`${second.value}/v3/alpha/volumes`, {
      headers: { "X-Auth-Token": "alice:alpha" },
    });
    expect(await again.json()).toEqual(replaceOrigin(volumes, first.value, second.value));
    expect(await second.stop()).toBe(0);
  });

  it("prints one line of JSON with the URL for programs, and serves the documentation", async () => {
    const service = await startService(["--port", "0", "--json", "--fresh"], /^(\{.*\})$/);
    const { url, resetUrl } = z.object({ url: z.url(), resetUrl: z.url() }).parse(JSON.parse(service.value));
    expect((await fetch(`${url}/docs/swagger-ui.css`)).status).toBe(200);
    const document = await (await fetch(`${url}/openapi.json`)).json();
    expect(document).toMatchObject({ info: { version } });
    expect((await fetch(resetUrl)).status).toBe(404);
    expect((await fetch(`${url}/_local/reset?token=0`, { method: "POST" })).status).toBe(404);
    expect((await fetch(resetUrl, { method: "POST" })).status).toBe(204);
    expect(service.lines).toHaveLength(1);
    expect(await service.stop()).toBe(0);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("ends when its npx gets %s", async (signal) => {
    const service = await startService(["--port", "0", "--json"], /^(\{.*\})$/, { npx: true });
    const { url } = z.object({ url: z.url() }).parse(JSON.parse(service.value));
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    service.process.kill(signal);
    const isUp = () =>
      fetch(`${url}/healthcheck`).then(
        () => true,
        () => false,
      );
    await expect.poll(isUp, { timeout: 30_000 }).toBe(false);
    // Nobody has the folder locked any more.
    const again = await startService(["--port", "0", "--json"], /^(\{.*\})$/);
    expect(await again.stop()).toBe(0);
  });

  it("is ready within 0.4 s, or longer on a machine that is busy", async () => {
    const node = await best(() => runOutside(consumer, "node", ["-e", "0"]));
    let stop = Promise.resolve<unknown>(undefined);
    const start = await best(async () => {
      await stop;
      const begun = performance.now();
      const service = await startService(["--port", "0", "--json", "--fresh"], /^(\{.*\})$/);
      stop = service.stop();
      return performance.now() - begun;
    });
    await stop;
    console.log(`# start --json: ${start.toFixed(0)} ms; node alone: ${node.toFixed(0)} ms`);
    expect(start).toBeLessThanOrEqual(node < IDLE_NODE_MS ? 400 : 15 * node);
  });

  it("stops when its standard input ends, if it is told to", async () => {
    const args = ["--port", "0", "--json", "--fresh", "--stop-with-stdin"];
    const service = await startService(args, /^(\{.*\})$/);
    service.process.stdin?.end();
    expect(await service.ended).toBe(0);
  });
});

/** Runs work five times, and returns the shortest time, milliseconds. */
async function best(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    const time = await work();
    times.push(typeof time === "number" ? time : performance.now() - begun);
  }
  return Math.min(...times);
}

/** Starts `volume-transfers start`, or another command, and returns once it has written a line. */
async function startService(
  args: readonly string[],
  ready: RegExp,
  {
    command = "start",
    variables = {},
    npx = false,
  }: { command?: string; variables?: Readonly<Record<string, string>>; npx?: boolean } = {},
) {
  const program = npx ? ["npx", "volume-transfers"] : ["node", MAIN];
  const [file = "", ...rest] = [...program, command, ...args];
  const child = spawnOutside(consumer, file, rest, { variables });
  const ended = once(child, "exit").then(([code]): unknown => code);
  const lines: string[] = [];
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const value = await new Promise<string>((resolve, reject) => {
    if (child.stdout === null) throw new Error("the output is a pipe");
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      const [, group] = ready.exec(line) ?? [];
      if (group !== undefined) resolve(group);
    });
    void ended.then((code) => reject(new Error(`start has ended with ${String(code)}: ${errors}`)));
  });
  const stop = (): Promise<unknown> => {
    child.kill("SIGTERM");
    return ended;
  };
  return { value, lines, ended, stop, process: child };
}

const replaceOrigin = (body: unknown, from: string, to: string): unknown =>
  JSON.parse(JSON.stringify(body).replaceAll(from, to));

describe("npx volume-transfers serve", () => {
  let service: Awaited<ReturnType<typeof startService>>;
  const variables = { AUTH_STRATEGY: "noauth", PORT: "48776", DATA_DIR: "served" };
  const run = (...args: string[]) => volumeTransfers(args, { DATA_DIR: "served" });
  beforeAll(async () => {
    service = await startService([], /^volume-transfers: ready on (\S+)$/, { command: "serve", variables });
  });
  afterAll(() => service?.stop());

  it("has commands that work on its file while it runs, without wrangler", async () => {
    const database = path.join(consumer, "served/volume-transfers.db");
    expect(await run("migrate")).toMatchObject({ code: 0, output: expect.stringContaining(database) });
    expect(await run("fsck")).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${database} is consistent`),
    });
    expect(await run("events", "list")).toMatchObject({ code: 0 });
    writeFileSync(path.join(consumer, "volumes.json"), JSON.stringify({ volumes: [] }));
    expect(await run("import", "volumes.json")).toMatchObject({ code: 0 });
    expect(await run("backup", "backup.sql")).toMatchObject({ code: 0 });
    const restored = { DATA_DIR: "restored" };
    expect(await volumeTransfers(["restore", "backup.sql"], restored)).toMatchObject({ code: 0 });
    expect(await volumeTransfers(["fsck"], restored)).toMatchObject({ code: 0 });
  });
});

describe("npx volume-transfers, on a libSQL server", () => {
  let server: LibsqlServer;
  beforeAll(async () => {
    server = await startLibsql({ migrate: async () => {} });
  });
  afterAll(() => server.stop());

  it("migrates, checks and backs up", async () => {
    const variables = { LIBSQL_URL: server.url };
    expect(await volumeTransfers(["migrate"], variables)).toMatchObject({ code: 0 });
    expect(await volumeTransfers(["fsck"], variables)).toMatchObject({ code: 0 });
    expect(await volumeTransfers(["backup", "server.sql"], variables)).toMatchObject({ code: 0 });
  });
});

describe("volume-transfers/testing and volume-transfers/client", () => {
  const FILES = ["handoff.test.mts", "tsconfig.json"];
  beforeAll(() => {
    for (const file of FILES)
      copyFileSync(path.join("test/service/package/consumer", file), path.join(consumer, file));
  });

  it.each(["nodenext", "bundler"])(
    "have types for strict TypeScript, with module resolution %s",
    async (resolution) => {
      const module = resolution === "bundler" ? "esnext" : resolution;
      const args = ["tsc", "--noEmit", "--moduleResolution", resolution, "--module", module];
      expect(await runOutside(consumer, "npx", args)).toMatchObject({ code: 0, output: "" });
    },
  );

  it("give a test suite of another project a service", async () => {
    await runOutside(consumer, "npx", ["tsc"]);
    const { code, output } = await runOutside(consumer, "node", ["--test", "handoff.test.mjs"]);
    expect(output).toMatch(/^# pass 6$/m);
    expect(code).toBe(0);
    console.log(output.match(/^# (?:Node|start|reset).*$/gm)?.join("\n"));
  });
});
