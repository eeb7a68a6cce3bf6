import { existsSync } from "node:fs";
import path from "node:path";
import { chosenDatabase, type Database } from "./migrations.ts";
import type { Processes } from "./processes.ts";
import { dataFolder, projectFolder, workerVariables } from "./settings.ts";
import { sqldOf } from "./sqld.ts";
import { UsageError } from "./supervise.ts";

/** A database, and what messages call it. */
export interface Named {
  readonly database: Database;
  readonly title: string;
}

/**
 * The database that a command is to look at: with `--remote` the deployed D1, with `--local` that of `npm start`;
 * without either the libSQL server that LIBSQL_URL names, or else what the data folder has: the libSQL of
 * `npm run serve`, whether it runs or not, or the D1 of `npm start`.
 *
 * @param options what follows the command's name
 * @throws UsageError for another option, or if there is no libSQL server for this machine
 */
export async function existingDatabase(options: readonly string[], processes: Processes): Promise<Named> {
  const [option, ...more] = options;
  if ((option !== undefined && option !== "--local" && option !== "--remote") || more.length > 0) {
    throw new UsageError(
      `there is no option ${options.join(" ")}: there are --local and --remote, both for D1.`,
    );
  }
  const folder = dataFolder();
  if (option === "--remote") return { database: { kind: "remote D1" }, title: "the deployed D1" };
  const localD1: Named = {
    database: { kind: "local D1", folder },
    title: `the D1 in ${folder ?? path.join(projectFolder, ".wrangler/state")}`,
  };
  if (option === "--local") return localD1;
  const chosen = chosenDatabase(workerVariables(), localD1.database);
  if (chosen.kind === "libsql") return { database: chosen, title: `the libSQL at ${chosen.url}` };
  const sqld = path.join(folder ?? path.join(projectFolder, ".data"), "sqld");
  if (!existsSync(sqld)) return localD1;
  const url = await sqldOf(sqld, processes);
  return { database: { kind: "libsql", url, authToken: undefined }, title: `the libSQL in ${sqld}` };
}
