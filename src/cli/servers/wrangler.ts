import { writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Command, Processes } from "../processes/processes.ts";
import { projectFolder } from "../settings/settings.ts";

/** The name of the D1 binding in `wrangler.toml`. */
export const D1_BINDING = "DB";

const QUIET = {
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
  // The Worker does not read Request.cf, so there is no need to fetch a sample of it from the internet.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

/**
 * A run of the project's wrangler. It asks no questions, since it has no standard input.
 *
 * @param args the arguments, such as `["dev", "--port", "8776"]`
 */
export function wrangler(...args: readonly string[]): Command {
  return {
    title: `wrangler ${args[0]}`,
    file: process.execPath,
    args: [path.join(projectFolder, "node_modules/wrangler/bin/wrangler.js"), ...args],
    cwd: projectFolder,
    env: QUIET,
  };
}

const wranglerToml = z.object({
  raw: z.looseObject({ main: z.string(), assets: z.looseObject({}) }),
  config: z.object({
    compatibility_date: z.string(),
    compatibility_flags: z.array(z.string()),
    vars: z.record(z.string(), z.unknown()),
    assets: z.object({ directory: z.string() }),
    d1_databases: z.array(z.object({ binding: z.string(), database_id: z.string().optional() })),
  }),
});

/** What these commands need to know of `wrangler.toml`. */
export interface WranglerConfig {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** `[vars]`, each as the text that the Worker's configuration reads. */
  readonly vars: Readonly<Record<string, string>>;
  /** The folder of `[assets]`, as an absolute path. */
  readonly assets: string;
  /** The id of the D1 database; nothing if the file still holds zeros in its place. */
  readonly databaseId: string | undefined;
  /** All that the file says, as it says it. */
  readonly raw: z.output<typeof wranglerToml>["raw"];
}

/**
 * Reads `wrangler.toml` with wrangler's own reader, in a process of its own: loaded into this one, wrangler
 * would keep 200 MB for as long as the service runs.
 *
 * @throws CommandFailed if the file cannot be read
 */
export async function readWranglerConfig(processes: Processes): Promise<WranglerConfig> {
  const script = `
    import { experimental_readRawConfig, unstable_readConfig } from "wrangler";
    const file = { config: "wrangler.toml" };
    const config = unstable_readConfig(file, { hideWarnings: true });
    console.log(JSON.stringify({ config, raw: experimental_readRawConfig(file).rawConfig }));`;
  const json = await processes.run({
    title: "reading wrangler.toml",
    file: process.execPath,
    args: ["--input-type=module", "--eval", script],
    cwd: projectFolder,
    env: QUIET,
  });
  const { config, raw } = wranglerToml.parse(JSON.parse(json));
  const id = config.d1_databases.find((database) => database.binding === D1_BINDING)?.database_id;
  return {
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    vars: Object.fromEntries(
      Object.entries(config.vars).map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    assets: path.resolve(projectFolder, config.assets.directory),
    databaseId: id === undefined || /^[0-]*$/.test(id) ? undefined : id,
    raw,
  };
}

/**
 * Writes what `wrangler.toml` says, but for its D1 database: Cloudflare takes no Worker with a database that
 * does not exist, even if LIBSQL_URL names the one to use.
 *
 * @param folder where to write it
 * @returns the file's path, for wrangler's `--config`
 */
export function writeConfigWithoutD1({ raw, assets }: WranglerConfig, folder: string): string {
  const file = path.join(folder, "wrangler.json");
  const { d1_databases: _, ...others } = raw;
  const here = { main: path.join(projectFolder, raw.main), assets: { ...raw.assets, directory: assets } };
  writeFileSync(file, JSON.stringify({ ...others, ...here }));
  return file;
}
