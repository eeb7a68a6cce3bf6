import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { CliError } from "../errors.ts";
import type { OutputFilter, Processes } from "../processes/processes.ts";
import { packageFolder } from "../settings/settings.ts";
import { authority, serverUrl, waitUntilReady } from "./ready.ts";
import { builtWorkerFolder, readWorkerConfig, workerdBinary } from "./workerd.ts";

const HOST = "127.0.0.1";
const NAME = "volume-transfers";

/** A Worker with a D1 database of its own, in one process. */
interface LocalWorker {
  readonly url: string;
  /** A POST to this URL restores the state after the migrations, if the database was new. */
  readonly resetUrl: string;
}

/** What a local Worker needs. */
interface LocalWorkerOptions {
  readonly port: number;
  /** The folder of the database. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The lines of its log to print. */
  readonly filter: OutputFilter;
}

/**
 * Starts the Worker of the package with the D1 that workerd has, and applies the migrations. Cloudflare calls this D1
 * experimental: it is for development and tests.
 *
 * @throws CliError if the Worker does not start, or a migration fails
 */
export async function startLocalWorker(
  processes: Processes,
  { port, folder, variables, filter }: LocalWorkerOptions,
): Promise<LocalWorker> {
  const { compatibilityDate, compatibilityFlags, assets } = await readWorkerConfig(processes);
  const token = randomBytes(16).toString("hex");
  // workerd keeps the database beside this file.
  const file = path.join(folder, "wrangler.json");
  const config = {
    name: NAME,
    main: path.join(builtWorkerFolder, "local.js"),
    no_bundle: true,
    compatibility_date: compatibilityDate,
    compatibility_flags: compatibilityFlags,
    d1_databases: [{ binding: "DB", database_id: NAME, database_name: NAME }],
    assets: { directory: assets, binding: "ASSETS", run_worker_first: true },
    triggers: { crons: ["* * * * *"] },
    vars: { ...variables, LOCAL_TOKEN: token },
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const args = ["serve", "--experimental", file, "--socket-addr", `http=${authority(HOST, port)}`];
  processes.start({ title: "workerd", file: workerdBinary(), args, cwd: folder }, filter);
  const url = serverUrl(HOST, port);
  await waitUntilReady(`${url}/healthcheck`);
  // It contains the variables, some of which are secrets.
  rmSync(file);
  const response = await fetch(`${url}/_local/migrate?token=${token}`, {
    method: "POST",
    body: JSON.stringify(readMigrations()),
  });
  if (!response.ok) throw new CliError(`the migrations failed: ${response.status} ${await response.text()}`);
  return { url, resetUrl: `${url}/_local/reset?token=${token}` };
}

/** Returns the migrations under the names that wrangler gives them. */
const readMigrations = () =>
  readMigrationFiles({ migrationsFolder: path.join(packageFolder, "drizzle") }).map(
    ({ sql, folderMillis }) => ({ name: String(folderMillis), statements: sql }),
  );
