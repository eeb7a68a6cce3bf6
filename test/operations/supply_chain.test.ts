import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const KINDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

const versions = z.record(z.string(), z.string()).optional();
const manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
});
const oneOrMore = z.union([z.array(z.string()), z.string().transform((one) => [one])]);
const locked = z.object({
  version: z.string(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  optional: z.boolean().optional(),
  os: oneOrMore.optional(),
  libc: oneOrMore.optional(),
});

const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
const wanted = manifest.parse(read("package.json"));
const lockfile = z
  .object({ lockfileVersion: z.number(), packages: z.record(z.string(), z.unknown()) })
  .parse(read("package-lock.json"));
const { "": root, ...others } = lockfile.packages;
const packages = Object.entries(others).map(([name, entry]) => ({ name, ...locked.parse(entry) }));

describe("the supply chain", () => {
  it("is of exact versions", () => {
    const named = KINDS.flatMap((kind) => Object.entries(wanted[kind] ?? {}));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("is locked, as package.json has it", () => {
    expect(lockfile.lockfileVersion).toBe(3);
    expect(manifest.parse(root)).toEqual(wanted);
    for (const kind of KINDS) {
      for (const [name, version] of Object.entries(wanted[kind] ?? {})) {
        expect(packages).toContainEqual(expect.objectContaining({ name: `node_modules/${name}`, version }));
      }
    }
  });

  it("is of the registry alone, with a hash for each package but some of other platforms", () => {
    expect(packages.length).toBeGreaterThan(100);
    const elsewhere = packages.filter(
      ({ resolved, link }) =>
        link || (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/")),
    );
    expect(elsewhere).toEqual([]);
    const unhashed = packages.filter(({ integrity }) => !/^sha512-[\w+/]+=*$/.test(integrity ?? ""));
    const installedOnLinux = unhashed.filter(
      ({ optional, os, libc }) =>
        !optional || os === undefined || (os.includes("linux") && !libc?.includes("musl")),
    );
    expect(installedOnLinux).toEqual([]);
    // SECURITY.md has their number.
    expect(readFileSync("SECURITY.md", "utf8")).toContain(`but for ${unhashed.length} optional ones`);
  });

  it("runs nothing while it is installed", () => {
    const npmrc = readFileSync(".npmrc", "utf8").split("\n");
    expect(npmrc).toContain("ignore-scripts=true");
    expect(npmrc).toContain("save-exact=true");
  });
});
