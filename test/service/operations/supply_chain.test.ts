import { globSync, readFileSync } from "node:fs";
import path from "node:path";
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
  /** Another name than that of its folder. */
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  optional: z.boolean().optional(),
  os: oneOrMore.optional(),
  libc: oneOrMore.optional(),
});

const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
const WORKSPACES = ["", "test/tools"];
const manifestOf = (folder: string) => manifest.parse(read(path.join(folder, "package.json")));
/** The direct dependencies of the package and of the commands of a checkout. */
const wanted = WORKSPACES.flatMap((folder) =>
  KINDS.flatMap((kind) => Object.entries(manifestOf(folder)[kind] ?? {})),
);
const lockfile = z
  .object({ lockfileVersion: z.number(), packages: z.record(z.string(), z.unknown()) })
  .parse(read("package-lock.json"));
const packages = Object.entries(lockfile.packages)
  .filter(([name]) => name.includes("node_modules/"))
  .map(([folder, entry]) => {
    const { name: alias, ...rest } = locked.parse(entry);
    return { name: folder, alias, ...rest };
  })
  .filter(({ link }) => !link);

/** The jobs of GitHub's workflows, as text. */
const jobs = globSync(".github/workflows/*.yml").flatMap((file) => {
  const [top = "", rest = ""] = readFileSync(file, "utf8").split(/^jobs:$/m);
  return rest
    .split(/^(?= {2}[\w-]+:$)/m)
    .flatMap((job) => (job.includes("steps:") ? [{ file, top, job }] : []));
});

describe("the supply chain", () => {
  it("is of exact versions", () => {
    expect(wanted.length).toBeGreaterThan(10);
    const inexact = wanted.filter(
      ([, version]) => !/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(inexact).toEqual([]);
  });

  it("is locked, as package.json has it", () => {
    expect(lockfile.lockfileVersion).toBe(3);
    for (const folder of WORKSPACES)
      expect(manifest.parse(lockfile.packages[folder])).toEqual(manifestOf(folder));
    for (const [name, version] of wanted) {
      const exact = { name: `node_modules/${name}`, version: version.replace(/^npm:.+@/, "") };
      expect(packages).toContainEqual(expect.objectContaining(exact));
    }
  });

  it("is of the registry alone, with a hash for each package but some of other platforms", () => {
    expect(packages.length).toBeGreaterThan(100);
    const elsewhere = packages.filter(
      ({ resolved }) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
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
    expect(npmrc).toContain("strict-allow-scripts=true");
    expect(npmrc).toContain("save-exact=true");
    const { allowScripts } = z
      .object({ allowScripts: z.record(z.string(), z.literal(false)) })
      .parse(read("package.json"));
    const withScript = packages
      .filter(({ hasInstallScript }) => hasInstallScript)
      // The name of a package that is installed under another one.
      .map(({ name, alias }) => alias ?? name.replace(/^.*node_modules\//, ""));
    expect(Object.keys(allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
  });

  it("uses actions of GitHub by their commits, which nobody can move", () => {
    const actions = jobs.flatMap(({ job }) =>
      Array.from(job.matchAll(/uses: (.*)/g), ([, action = ""]) => action),
    );
    expect(actions.length).toBeGreaterThan(5);
    expect(
      actions.filter((action) => !/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action)),
    ).toEqual([]);
  });

  it("gives no token that can write to a job that runs the code of the project or of its dependencies", () => {
    expect(jobs.length).toBeGreaterThan(3);
    const runsCode = /actions\/checkout|\.ci\/run|npm (ci|install|test|run|pack|exec)|npx/;
    const writes = ({ top, job }: (typeof jobs)[number]) => /: write(-all)?$/m.test(top + job);
    expect(jobs.filter(writes).length).toBe(1);
    expect(jobs.filter((each) => writes(each) && runsCode.test(each.job))).toEqual([]);
    expect(jobs.filter(({ top }) => !/^permissions:\n {2}contents: read$/m.test(top))).toEqual([]);
  });
});
