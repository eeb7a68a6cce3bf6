import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { workerLogFilter } from "../../../src/cli/servers/wrangler_output.ts";
import { runCommand } from "../../support/command.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));
const commands = Object.entries(scripts).flatMap(([script, line]) => {
  const [, program, command] = / (src\/cli\/run\.js|test\/commands\.ts) (\S+)$/.exec(line) ?? [];
  return program !== undefined && command === script ? [{ script, program }] : [];
});

/** Makes a process write the CPU time that it has used, microseconds. */
const REPORT_CPU =
  "--import=data:text/javascript,process.on('exit',()=>console.error('CPU',Object.values(process.cpuUsage()).join()))";

/** A help text takes less, microseconds. */
const MAX_CPU = 1_000_000;

/** Returns the CPU time that a process has written, microseconds. */
function cpuOf(output: string): number {
  const [, user, system] = /^CPU (\d+),(\d+)$/m.exec(output) ?? [];
  return Number(user) + Number(system);
}

describe("the command line", () => {
  it.each(commands)(
    "of npm run $script has a help text, which takes less than a second of CPU",
    async ({ script, program }) => {
      const help = () => runCommand(script, ["--help"], { NODE_OPTIONS: REPORT_CPU }, program);
      let { code, output } = await help();
      // The first run after a change of the sources compiles them.
      if (cpuOf(output) >= MAX_CPU) ({ code, output } = await help());
      expect(output).toMatch(new RegExp(`^Usage: npm run ${script}( -- .*)?\n\n[A-Z].*\\.\n\n`, "s"));
      expect(output).toContain("--help");
      expect(code).toBe(0);
      expect(cpuOf(output)).toBeLessThan(MAX_CPU);
    },
  );

  it.each<[string, readonly string[], string]>([
    ["an unknown option", ["--everything"], "unknown option '--everything'"],
    ["a missing argument", [], "missing required argument 'FILE'"],
    ["an additional argument", ["one", "two"], "too many arguments"],
    ["options that exclude each other", ["file", "--local", "--remote"], "cannot be used with option"],
  ])("rejects %s", async (_, args, message) => {
    const { code, output } = await runCommand("backup", args, {});
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  it.each([
    ["fskc", "Did you mean fsck?"],
    ["foo", "check the database"],
  ])("proposes the commands nearest to %s, and lists all", async (command, message) => {
    const { code, output } = await runCommand(command, [], {});
    expect(output).toContain(`unknown command '${command}'`);
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  it("says that there is no deployed database, as npm run deploy does", async () => {
    const { code, output } = await runCommand("fsck", ["--remote"], {});
    const deployed = await runCommand("deploy", [], {
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: "https://keystone.example",
    });
    expect(output).toContain("there is no database yet: run `npx wrangler d1 create volume-transfers`");
    expect(deployed).toEqual({ code, output });
  });
});

describe("the output of wrangler dev", () => {
  const RED = "\u001b[31m";

  it("is reduced to the log of the Worker", () => {
    const { stdout } = workerLogFilter();
    const lines = ["⎔ Starting local server...", "[wrangler:info] GET / 200 OK", '{"event":"error"}', ""];
    expect(lines.filter(stdout)).toEqual(['{"event":"error"}']);
  });

  it("shows errors and hides warnings", () => {
    const { stderr } = workerLogFilter();
    const warning = [`${RED}▲ ${RED}[WARNING]${RED} Cron triggers do not run.`, "", "  More about it."];
    const error = [`${RED}✘ ${RED}[ERROR]${RED} Build failed with 1 error:`, "", "  src/app.ts:1:2"];
    expect([...warning, ...error, ...warning].filter(stderr)).toEqual(error);
  });
});
