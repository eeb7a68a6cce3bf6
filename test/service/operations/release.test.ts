import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { releaseChanges, releaseNotes } from "../../../src/cli/package/changelog.ts";
import { installCommand } from "../../../src/cli/package/install_command.ts";
import { VERSION } from "../../../src/http/version.ts";

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
  it("is the same in package.json and the source", () => {
    expect(VERSION).toBe(version);
  });

  it("is that of the changelog, or a later one that ends with -dev", () => {
    const [, newest = ""] = /^## (\d+\.\d+\.\d+) - /m.exec(readFileSync("CHANGELOG.md", "utf8")) ?? [];
    const [, release = "", dev] = /^(\d+\.\d+\.\d+)(-dev)?$/.exec(version) ?? [];
    expect(release.localeCompare(newest, "en", { numeric: true })).toBe(dev === undefined ? 0 : 1);
  });

  it.each(["README.md", "docs/package.md"])("is installed as %s says", (name) => {
    const document = readFileSync(name, "utf8");
    expect(document).toMatch(/npm install \S*volume-transfers/);
    expect(installCommand(document, version)).toBe(document);
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

  it("are not printed by npm run release:notes for the tag of another version", () => {
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

  it("lets the documents install the package from npm", () => {
    const document = `Install it:

    npm install ../volume-transfers/volume-transfers-1.1.0-dev.tgz && npx volume-transfers start

The package is not on npm yet. This makes the file.

Then use it.`;
    expect(installCommand(document, "1.2.0-dev")).toBe(document.replace("1.1.0-dev", "1.2.0-dev"));
    expect(installCommand(document, "1.1.0")).toBe(
      "Install it:\n\n    npm install volume-transfers && npx volume-transfers start\n\nThen use it.",
    );
    expect(installCommand(installCommand(document, "1.1.0"), "1.2.0-dev")).toBe(
      installCommand(document, "1.1.0"),
    );
  });
});
