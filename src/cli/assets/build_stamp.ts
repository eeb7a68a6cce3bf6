import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageFolder } from "../settings/settings.ts";

/** The folder of the files that the service serves. */
export const assetsFolder = path.join(packageFolder, "dist/assets");

/** Has the hash of the sources of the last build. */
const STAMP = path.join(packageFolder, "dist/assets_built");

/** Returns a hash of the times and sizes of all sources, and of the versions of the dependencies. */
export function hashOfSources(): string {
  const sources = readdirSync(path.join(packageFolder, "src"), { recursive: true, encoding: "utf8" }).sort();
  const hash = createHash("sha256");
  for (const name of [...sources.map((source) => path.join("src", source)), "package-lock.json"]) {
    // A file that has gone meanwhile.
    const { mtimeMs, size } = statSync(path.join(packageFolder, name), { throwIfNoEntry: false }) ?? {};
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}

/** Returns whether the last build was of the present sources. */
export const isBuilt = (): boolean =>
  existsSync(STAMP) && existsSync(assetsFolder) && readFileSync(STAMP, "utf8") === hashOfSources();

/** @param sources the hash of the sources before the build: they may have changed meanwhile */
export const recordBuild = (sources: string): void => writeFileSync(STAMP, sources);
