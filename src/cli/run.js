// Runs a command of a checkout: `node src/cli/run.js serve`. The commands and all that they import are bundled into a
// few files, since Node takes several times as long to load six hundred. A bundle is kept until a source changes. It is
// JavaScript, because it has nothing to gain from types that are stripped at each start.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.resolve(import.meta.dirname, "../..");
const cache = path.join(root, "node_modules/.cache/volume-transfers");

/** The commands whose start is reported step by step. */
const SERVICES = ["start", "serve", "dev"];

/** The age from which a bundle of other sources is removed, milliseconds. A process may still use it until then. */
const MAX_AGE_MS = 86_400_000;

/** Returns a hash of the times and sizes of all sources, and of the versions of the dependencies. */
function hashOfSources() {
  const sources = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" }).sort();
  const hash = createHash("sha256");
  for (const name of [...sources.map((source) => path.join("src", source)), "package-lock.json"]) {
    const { mtimeMs, size } = statSync(path.join(root, name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Bundles the commands into a folder. */
async function bundle(folder) {
  const temporary = `${folder}.${process.pid}`;
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/main.ts", "src/host/writer.ts"],
    outdir: temporary,
    entryNames: "[name]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    sourcemap: true,
    sourcesContent: false,
    external: ["libsql"],
    // Bundled packages that are CommonJS call it.
    banner: { js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);' },
    logLevel: "error",
  });
  try {
    renameSync(temporary, folder);
  } catch {
    // Another process was faster.
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const name of readdirSync(cache)) {
    const other = path.join(cache, name);
    const age = Date.now() - (statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (other !== folder && age > MAX_AGE_MS) rmSync(other, { recursive: true, force: true });
  }
}

/** Returns the bundle of the commands; undefined if there can be none. */
async function bundled() {
  const folder = path.join(cache, hashOfSources());
  try {
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
      mkdirSync(cache, { recursive: true });
      if (SERVICES.includes(process.argv[2]))
        console.error("volume-transfers: bundling the source, once after each change");
      await bundle(folder);
    }
  } catch {
    // This user cannot write here, or the development dependencies are not installed.
    return undefined;
  }
  return path.join(folder, "main.js");
}

// Stack traces name the lines of src/.
process.setSourceMapsEnabled(true);
module.enableCompileCache?.(path.join(cache, "compiled"));
await import(pathToFileURL((await bundled()) ?? path.join(root, "src/cli/main.ts")).href);
