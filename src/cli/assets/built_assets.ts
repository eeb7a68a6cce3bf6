import { execFile } from "node:child_process";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { type Assets, folderAssets } from "../../host/assets.ts";
import { isPackage, packageFolder } from "../settings/settings.ts";

/** Has the time of the last build. */
const STAMP = path.join(packageFolder, "dist/assets_built");

/** Returns the files that the service serves: those of the package, or those of a checkout, which are built if they are asked for. */
export const builtAssets = (): Assets =>
  folderAssets(path.join(packageFolder, "dist/assets"), isPackage ? undefined : build);

async function build(): Promise<void> {
  if (isUpToDate()) return;
  const begun = new Date();
  // In a process of its own: the bundlers would stay in the memory of the service.
  await promisify(execFile)(process.execPath, [path.join(packageFolder, "src/cli/assets/write_assets.ts")]);
  writeFileSync(STAMP, "");
  // A source that changed meanwhile is newer than the stamp.
  utimesSync(STAMP, begun, begun);
}

/** Returns whether no source is newer than the last build. */
function isUpToDate(): boolean {
  const built = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return false;
  const sources = readdirSync(path.join(packageFolder, "src"), { recursive: true, encoding: "utf8" });
  return [...sources.map((name) => path.join("src", name)), "package-lock.json"].every(
    (name) => (statSync(path.join(packageFolder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) <= built,
  );
}
