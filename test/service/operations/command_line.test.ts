import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { workerLogFilter } from "../../../src/cli/servers/wrangler_output.ts";
import { runCommand } from "../../support/command.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));
const commands = Object.entries(scripts).flatMap(([script, line]) => {
  const [, command] = /src\/cli\/commands\/(\w+)\.ts/.exec(line) ?? [];
  return command === undefined ? [] : [{ script, command }];
});

describe("the command line", () => {
  it.each(commands)("of npm run $script has a help text", async ({ script, command }) => {
    const { code, output } = await runCommand(command, ["--help"], {});
    expect(output).toMatch(new RegExp(`^Usage: npm (run )?${script}\\b.*\n\n[A-Z].*\\.\n\n`, "s"));
    expect(output).toContain("--help");
    expect(code).toBe(0);
  });

  it.each<[string, readonly string[], string]>([
    ["an unknown option", ["--everything"], "unknown option '--everything'"],
    ["a missing argument", [], "missing required argument 'FILE'"],
    ["an additional argument", ["one", "two"], "too many arguments"],
    ["options that exclude each other", ["file", "--local", "--remote"], "--local and --remote exclude"],
  ])("rejects %s", async (_, args, message) => {
    const { code, output } = await runCommand("backup", args, {});
    expect(output).toContain(message);
    expect(code).toBe(1);
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
