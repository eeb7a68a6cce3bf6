import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { type WranglerConfig, wrangler } from "../../src/cli/servers/wrangler.ts";
import { projectFolder, temporaryFolder } from "../../src/cli/settings/settings.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import type { RecordedStatements } from "./recorded_statements.ts";
import type { Servers } from "./servers.ts";

/**
 * Builds and starts the floor: a minimal Worker that executes recorded statements and does nothing else.
 *
 * @param statements the statements of each request, by the name of the request
 */
export async function startFloor(
  statements: Readonly<Record<string, RecordedStatements>>,
  libsqlUrl: string,
  config: WranglerConfig,
  processes: Processes,
  servers: Servers,
): Promise<RestartableServer> {
  const folder = temporaryFolder();
  const wranglerToml = path.join(folder, "wrangler.toml");
  const main = path.join(projectFolder, "test/bench/floor_worker.ts");
  writeFileSync(
    wranglerToml,
    `name = "floor"\nmain = ${JSON.stringify(main)}\ncompatibility_date = "${config.compatibilityDate}"\n`,
  );
  const bundleFolder = path.join(folder, "bundle");
  await processes.run(
    wrangler("deploy", "--dry-run", "--minify", "--outdir", bundleFolder, "--config", wranglerToml),
  );
  renameSync(path.join(bundleFolder, "floor_worker.js"), path.join(bundleFolder, "index.js"));
  const variables = { LIBSQL_URL: libsqlUrl, STATEMENTS: JSON.stringify(statements) };
  return servers.startWorker({ folder: bundleFolder, config }, variables, { healthPath: "/" });
}
