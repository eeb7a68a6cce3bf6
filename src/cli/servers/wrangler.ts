import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../errors.ts";
import type { Command, Processes } from "../processes/processes.ts";
import { isPackage, projectFolder } from "../settings/settings.ts";

const QUIET = {
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
  // wrangler's explorer would run SQL for everybody who reaches the port, without a token.
  X_LOCAL_EXPLORER: "false",
  X_LOCAL_OBSERVABILITY: "false",
  // The Worker does not read Request.cf; wrangler would fetch a sample of it from the internet.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

/**
 * Returns a command that runs the project's wrangler. It has no standard input, so wrangler asks no questions.
 *
 * @param args the arguments, such as `["dev", "--port", "8776"]`
 * @example
 * await processes.run(wrangler("d1", "list", "--json"));
 */
export function wrangler(...args: readonly string[]): Command {
  return {
    title: `wrangler ${args[0]}`,
    file: process.execPath,
    args: [path.join(wranglerFolder(), "bin/wrangler.js"), ...args],
    cwd: projectFolder,
    env: QUIET,
    explain: (output) => (output.includes("CLOUDFLARE_API_TOKEN") ? NOT_LOGGED_IN : undefined),
  };
}

/**
 * Returns a command that runs a module which imports wrangler.
 *
 * @param args the arguments of the module, from `process.argv[1]` on
 * @throws CliError if wrangler is not installed, or this Node is too old for it
 */
export function wranglerScript(title: string, module: string, ...args: readonly string[]): Command {
  wranglerFolder();
  return {
    title,
    file: process.execPath,
    // Not --input-type=module: the threads of miniflare would inherit it. Node sees that this is a module.
    args: ["--eval", module, ...args],
    cwd: projectFolder,
    env: QUIET,
  };
}

const NOT_LOGGED_IN =
  "wrangler has no access to Cloudflare. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.";

/**
 * Returns the folder of wrangler. The package does not install it: most of its commands do without.
 *
 * @throws CliError if it is not installed, or this Node is too old for it
 */
function wranglerFolder(): string {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 22)
    throw new CliError(`this command needs Node 22 or newer, for wrangler; this is ${process.version}.`);
  try {
    return path.dirname(
      createRequire(path.join(projectFolder, "package.json")).resolve("wrangler/package.json"),
    );
  } catch {
    throw new CliError("this command needs wrangler: run `npm install wrangler`.");
  }
}

const wranglerToml = z.object({
  raw: z.looseObject({
    main: z.string(),
    assets: z.looseObject({}),
    build: z.looseObject({ watch_dir: z.string().default("src") }).optional(),
    d1_databases: z
      .array(z.looseObject({ binding: z.string(), database_id: z.string().optional() }))
      .default([]),
  }),
  config: z.object({
    compatibility_date: z.string(),
    compatibility_flags: z.array(z.string()),
    vars: z.record(z.string(), z.unknown()),
    assets: z.object({ directory: z.string() }),
  }),
});

/** The part of `wrangler.toml` that the commands use. */
export interface WranglerConfig {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** The variables in `[vars]`, as text. */
  readonly vars: Readonly<Record<string, string>>;
  /** The folder of `[assets]`, as an absolute path. */
  readonly assets: string;
  /** The bindings of D1 databases. */
  readonly d1Bindings: readonly string[];
  /** Those whose databases exist: the file does not contain the placeholder of zeros. */
  readonly deployedD1Bindings: readonly string[];
  /** The content of the file, unchanged. */
  readonly raw: z.output<typeof wranglerToml>["raw"];
}

/**
 * Reads `wrangler.toml` with wrangler's parser, in a child process: inside this process, wrangler would occupy 200 MB
 * for as long as the service runs.
 *
 * @throws ChildProcessError if the file cannot be read; CliError if there is none, or no wrangler
 */
export async function readWranglerConfig(processes: Processes): Promise<WranglerConfig> {
  if (isPackage && !existsSync(path.join(projectFolder, "wrangler.toml"))) {
    throw new CliError("this folder has no wrangler.toml. `volume-transfers init` writes one.");
  }
  const script = `
    import { experimental_readRawConfig, unstable_readConfig } from "wrangler";
    const file = { config: "wrangler.toml" };
    const config = unstable_readConfig(file, { hideWarnings: true });
    console.log(JSON.stringify({ config, raw: experimental_readRawConfig(file).rawConfig }));`;
  const json = await processes.run(wranglerScript("reading wrangler.toml", script));
  const { config, raw } = wranglerToml.parse(JSON.parse(json));
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
    d1Bindings: raw.d1_databases.map(({ binding }) => binding),
    deployedD1Bindings: raw.d1_databases.filter(isDeployed).map(({ binding }) => binding),
    raw,
  };
}

type D1Entry = WranglerConfig["raw"]["d1_databases"][number];

/** Returns whether an entry has the id of a database, and not the placeholder of zeros. */
const isDeployed = ({ database_id = "" }: D1Entry): boolean => !/^[0-]*$/.test(database_id);

/**
 * Writes a copy of `wrangler.toml` with only the D1 databases that exist: Cloudflare rejects a Worker that binds
 * another, even if the Worker uses LIBSQL_URL.
 *
 * @param folder the folder to write to
 * @param vars the variables to deploy in place of `[vars]`
 * @returns the path of the copy, for wrangler's `--config`
 */
export const writeDeployedConfig = (
  config: WranglerConfig,
  folder: string,
  vars: WranglerConfig["vars"],
): string => writeConfig(config, folder, { vars, d1_databases: config.raw.d1_databases.filter(isDeployed) });

/**
 * Writes a copy of `wrangler.toml` with local D1 databases for bindings that it lacks.
 *
 * @param folder the folder to write to
 * @returns the path of the copy, for wrangler's `--config`
 */
export function writeLocalConfig(
  config: WranglerConfig,
  folder: string,
  bindings: readonly string[],
): string {
  const { d1_databases } = config.raw;
  const migrations_dir = path.join(projectFolder, "drizzle");
  const declared = d1_databases.map((entry) => ({ ...entry, migrations_dir }));
  const added = bindings
    .filter((binding) => !config.d1Bindings.includes(binding))
    .map((binding) => ({ binding, database_name: binding, database_id: binding, migrations_dir }));
  return writeConfig(config, folder, { d1_databases: [...declared, ...added] });
}

function writeConfig(
  { raw, assets }: WranglerConfig,
  folder: string,
  changes: Readonly<Record<string, unknown>>,
): string {
  const file = path.join(folder, "wrangler.json");
  const { build } = raw;
  const paths = {
    main: path.join(projectFolder, raw.main),
    assets: { ...raw.assets, directory: assets },
    ...(build !== undefined && {
      // wrangler takes the folder that it watches to be relative to the file.
      build: {
        ...build,
        cwd: projectFolder,
        watch_dir: path.relative(folder, path.join(projectFolder, build.watch_dir)),
      },
    }),
  };
  writeFileSync(file, JSON.stringify({ ...raw, ...paths, ...changes }));
  return file;
}
