import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { CONFIGURATION_VARIABLES } from "../../../src/config/config.ts";
import { EVENT_SCHEMAS } from "../../../src/events/schemas.ts";
import * as constants from "../../../src/http/microversions.ts";
import { POLICY } from "../../../src/identity/policy.ts";
import { readSection, writeSection } from "../../support/document_section.ts";

const DOCUMENTS = globSync(["*.md", ".github/**/*.md", "docs/**/*.md", "examples/**/*.md"]);
const text = (file: string): string => readFileSync(file, "utf8");
const prose = (file: string): string => text(file).replaceAll(/^```.*?^```$/gms, "");

const manifest = z.object({ scripts: z.record(z.string(), z.string()) });

/** Returns the anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (file: string): string[] =>
  Array.from(prose(file).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) => anchorOf(heading));

/** Returns the links of a document that do not work. */
const brokenLinks = (document: string): string[] =>
  Array.from(prose(document).matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [target = "", anchor] = link.split("#");
    const file = target === "" ? document : path.join(path.dirname(document), target);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(file).includes(anchor);
  });

describe("the documents", () => {
  it.each(DOCUMENTS)("%s has no broken relative link", (document) => {
    expect(brokenLinks(document)).toEqual([]);
  });

  // A decision that was replaced is not rewritten.
  const current = DOCUMENTS.filter((document) => !/^Replaced by /m.test(text(document)));

  it.each(current)("%s names no file that does not exist", (document) => {
    const named = Array.from(
      text(document).matchAll(/`((?:src|test|docs|examples|drizzle|\.ci|\.github)\/[\w./-]*\w)`/g),
      ([, file = ""]) => file,
    );
    expect(named.filter((file) => !existsSync(file) && !/NNNN/.test(file))).toEqual([]);
  });

  it.each(DOCUMENTS)("%s names no npm script that does not exist", (document) => {
    const { scripts } = manifest.parse(JSON.parse(text("package.json")));
    const named = Array.from(text(document).matchAll(/npm run ([\w:]+)/g), ([, script = ""]) => script);
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  it("document every variable in docs/configuration.md", () => {
    const configuration = text("docs/configuration.md");
    expect(CONFIGURATION_VARIABLES.filter((name) => !configuration.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it("document the policy in docs/identity.md", () => {
    const command = "WRITE_DOCS=1 npm test -- --project operations documentation";
    const rulesOf = (role: string) =>
      Object.entries(POLICY).flatMap(([rule, required]) => (required === role ? [`\`${rule}\``] : []));
    const rows = ["reader", "member", "admin"].map((role) => `| ${role} | ${rulesOf(role).join(", ")} |`);
    const table = ["| Role | Rules |", "| --- | --- |", ...rows].join("\n");
    if (process.env.WRITE_DOCS !== undefined) writeSection("docs/identity.md", command, table);
    expect(readSection("docs/identity.md", command)).toBe(table);
  });

  it("document every type of event in docs/events.md", () => {
    const events = text("docs/events.md");
    expect(Object.keys(EVENT_SCHEMAS).filter((type) => !events.includes(`\`${type}\``))).toEqual([]);
  });

  it("document every log event in docs/identity.md", () => {
    const events = globSync("src/**/*.ts").flatMap((file) =>
      Array.from(text(file).matchAll(/logEvent\(\s*"([^"]+)"/g), ([, event = ""]) => event),
    );
    const identity = text("docs/identity.md");
    expect(events.length).toBeGreaterThan(3);
    expect(
      events.filter(
        (event) => !identity.includes(`"event":"${event}"`) && !identity.includes(`| \`${event}\` |`),
      ),
    ).toEqual([]);
  });

  it("document every microversion that changes something, and the newest", () => {
    const microversions = text("docs/microversions.md");
    const changes = Object.entries(constants).filter(([name]) => /^(?!M(?:IN|AX)_)[A-Z_]+$/.test(name));
    expect(changes.length).toBeGreaterThan(10);
    expect(
      changes.filter(([name, minor]) => !microversions.includes(`| 3.${String(minor)} | \`${name}\` |`)),
    ).toEqual([]);
    const newest = constants.versionString(constants.MAX_MICROVERSION);
    expect(text("README.md")).toContain(`microversions 3.0 to ${newest}`);
    expect(microversions).toContain(`microversions 3.0 to ${newest}`);
  });

  it("keep the README within 150 lines", () => {
    expect(text("README.md").split("\n").length).toBeLessThanOrEqual(151);
  });
});
