import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import dependencyRules from "../../../.config/dependency-cruiser.ts";
import { projectFolder, temporaryFolder } from "../../../src/cli/settings/settings.ts";
import { SCRIPTS, VIOLATIONS } from "./violations.ts";

/** Folders that are installed or generated. */
const NOT_COPIED = ["node_modules", ".git", ".wrangler", ".data", "dist"];

interface Outcome {
  readonly exitCode: number | string | null | undefined;
  readonly output: string;
}

const outcomes = new Map<string, Outcome>();

/** Returns the path of a copy of the project that shares its installed packages. */
function copyProject(): string {
  const copy = path.join(temporaryFolder(), "project");
  cpSync(projectFolder, copy, {
    recursive: true,
    filter: (source) => !NOT_COPIED.includes(path.relative(projectFolder, source)),
  });
  symlinkSync(path.join(projectFolder, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}

/** Runs one of the package's scripts. */
const runScript = (folder: string, script: string): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(
      "npm",
      ["run", script],
      { cwd: folder, env: { ...process.env, NO_COLOR: "1" } },
      (error, stdout, stderr) => resolve({ exitCode: error ? error.code : 0, output: stdout + stderr }),
    );
  });

beforeAll(async () => {
  const project = copyProject();
  for (const { file, code } of VIOLATIONS) {
    const target = path.join(project, file);
    mkdirSync(path.dirname(target), { recursive: true });
    appendFileSync(target, `${code}\n`);
  }
  const manifest = path.join(project, "package.json");
  const json = readFileSync(manifest, "utf8").replace('"dependencies": {', '$& "left-pad": "1.3.0",');
  writeFileSync(manifest, json);
  await Promise.all(SCRIPTS.map(async (script) => outcomes.set(script, await runScript(project, script))));
}, 300_000);

describe("npm run check", () => {
  it.each(SCRIPTS)("fails in %s", (script) => {
    expect(outcomes.get(script)?.exitCode).not.toBe(0);
  });

  it.each(VIOLATIONS)("refuses $file by the rule: $rule", ({ script, refusal }) => {
    expect(outcomes.get(script)?.output).toContain(refusal);
  });

  it("refuses a dependency that nothing uses", () => {
    expect(outcomes.get("check:unused")?.output).toContain("Unused dependencies (1)\nleft-pad");
  });

  it("has an example of a violation of each rule on imports", () => {
    const names = dependencyRules.forbidden.map((rule) => rule.name);
    expect(names.filter((name) => !VIOLATIONS.some(({ rule }) => rule === name))).toEqual([]);
  });
});
