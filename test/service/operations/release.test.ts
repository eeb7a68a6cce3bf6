import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { releaseChanges, releaseNotes } from "../../../src/cli/package/changelog.ts";
import { VERSION } from "../../../src/version.ts";

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A new thing.

## 1.1.0 - 2026-12-01

### Fixed

- An old thing.

## 1.0.0 - 2026-11-26

- The first.
`;
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync("package.json", "utf8")));

describe("the version", () => {
  it("is the same in package.json, the source and the changelog", () => {
    const [, newest] = /^## (\d+\.\d+\.\d+) - /m.exec(readFileSync("CHANGELOG.md", "utf8")) ?? [];
    expect([VERSION, newest]).toEqual([version, version]);
  });
});

describe("the release notes", () => {
  it("are the section of the version in the changelog", () => {
    expect(releaseNotes(CHANGELOG, "1.1.0")).toBe("### Fixed\n\n- An old thing.");
    expect(releaseNotes(CHANGELOG, "1.0.0")).toBe("- The first.");
  });

  it.each(["2.0.0", "1.1", "1x1.0"])("do not exist for %s", (unknown) => {
    expect(() => releaseNotes(CHANGELOG, unknown)).toThrow(`CHANGELOG.md has no section ${unknown}.`);
  });

  it("of this version are printed by npm run release:notes, for its tag only", () => {
    const notes = execFileSync("npm", ["run", "--silent", "release:notes", "--", `v${version}`], {
      encoding: "utf8",
    });
    expect(notes).toMatch(/^### \w+\n\n- /);
    const { status, stderr } = spawnSync("npm", ["run", "--silent", "release:notes", "--", "v0.0.1"], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(`package.json has the version ${version}`)]);
  });
});

describe("a release", () => {
  it("turns the unreleased changes into those of the version, once", () => {
    const released = releaseChanges(CHANGELOG, "1.2.0", "2026-12-24");
    expect(released).toContain("## [Unreleased]\n\n## 1.2.0 - 2026-12-24\n\n### Added\n\n- A new thing.");
    expect(releaseChanges(released, "1.2.0", "2026-12-25")).toBe(released);
  });
});
