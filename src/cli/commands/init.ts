import { constants, copyFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../command.ts";
import { CliError } from "../errors.ts";
import { packageFolder, projectFolder } from "../settings/settings.ts";

const FILE = "wrangler.toml";

const SYNTAX = {
  script: "npm run init",
  description:
    "Writes a wrangler.toml that deploys the Worker of the package. Write the id of your D1 database into it, or set\n" +
    "LIBSQL_URL. An existing file is not overwritten.",
} as const;

await runCommand(SYNTAX, async () => {
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
});
