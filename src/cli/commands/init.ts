import { constants, copyFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../errors.ts";
import { packageFolder, projectFolder } from "../settings/settings.ts";

const FILE = "wrangler.toml";

/** Writes a wrangler.toml that deploys the Worker of the package. */
export async function init(): Promise<void> {
  const file = path.join(projectFolder, FILE);
  try {
    copyFileSync(path.join(packageFolder, "dist", FILE), file, constants.COPYFILE_EXCL);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new CliError(`${FILE} exists already.`);
    }
    throw error;
  }
  console.log(`volume-transfers: wrote ${FILE}. \`npm install wrangler\` installs what deploy needs.`);
}
