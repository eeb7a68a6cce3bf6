import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { type Assets, folderAssets } from "../../host/assets.ts";
import { isPackage, packageFolder } from "../settings/settings.ts";
import { assetsFolder, isBuilt } from "./build_stamp.ts";

/** Returns the files that the service serves: those of the package, or those of a checkout, which are built if they are asked for. */
export const builtAssets = (): Assets => folderAssets(assetsFolder, isPackage ? undefined : build);

async function build(): Promise<void> {
  if (isBuilt()) return;
  // In a process of its own: the bundlers would stay in the memory of the service.
  await promisify(execFile)(process.execPath, [path.join(packageFolder, "src/cli/assets/write_assets.ts")]);
}
