import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { Processes } from "../processes/processes.ts";
import { readWranglerConfig, type WranglerConfig, wrangler } from "../servers/wrangler.ts";
import { projectFolder, temporaryFolder } from "../settings/settings.ts";

const DIST = path.join(projectFolder, "dist");
/** The page of the assets that the Worker serves, if they are not built into dist/assets. */
const SWAGGER_UI = ["swagger-ui.css", "swagger-ui-bundle.js"];

/** The Worker, as `npm run deploy` builds it. */
async function buildWorker(processes: Processes): Promise<void> {
  const folder = path.join(DIST, "worker");
  const built = temporaryFolder();
  await processes.run(wrangler("deploy", "--dry-run", "--minify", "--outdir", built));
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(built, "index.js"), path.join(folder, "index.js"));
}

/**
 * The commands and the modules for TypeScript, for Node 20. What they import is bundled, so that they start quickly and
 * the package depends on little: on libSQL, which has a binary, and on Hono, whose types the client has.
 */
async function buildModules(): Promise<void> {
  await build({
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.12",
    external: ["libsql"],
    // Bundled packages that are CommonJS call it.
    banner: { js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);' },
    entryPoints: ["cli/main", "cli/testing", "host/writer"].map((name) =>
      path.join(projectFolder, `src/${name}.ts`),
    ),
    entryNames: "[name]",
    outdir: path.join(DIST, "cli"),
  });
  await build({
    entryPoints: [path.join(projectFolder, "src/client.ts")],
    outdir: DIST,
    bundle: true,
    format: "esm",
    external: ["hono"],
  });
  chmodSync(path.join(DIST, "cli/main.js"), 0o755);
}

/** The types of the two modules, without those of the Worker's inside. */
async function buildTypes(processes: Processes): Promise<void> {
  const folder = temporaryFolder();
  await processes.run({
    title: "tsc",
    file: process.execPath,
    args: [
      path.join(projectFolder, "node_modules/typescript/bin/tsc"),
      ...["--project", "src/cli/package/tsconfig.types.json", "--outDir", folder],
    ],
    cwd: projectFolder,
  });
  for (const [from, to] of [
    ["src/client.d.ts", "client.d.ts"],
    ["src/app.d.ts", "app.d.ts"],
    ["src/cli/testing.d.ts", "cli/testing.d.ts"],
  ] as const) {
    // tsc leaves the extension of the sources, and imports of no types, in declarations.
    const text = readFileSync(path.join(folder, from), "utf8")
      .replaceAll(/^import "[^"]+";\n/gm, "")
      .replaceAll(/(from "\.[^"]+)\.ts"/g, '$1.js"');
    writeFileSync(path.join(DIST, to), text);
  }
  mkdirSync(path.join(DIST, "http"), { recursive: true });
  // The type of the routes names the environment of the Worker, of which a client sees nothing.
  writeFileSync(
    path.join(DIST, "http/context.d.ts"),
    'import type { Env } from "hono";\nexport interface AppEnv extends Env {}\n',
  );
}

/** The files that the Worker serves. */
function copyAssets({ assets }: WranglerConfig): void {
  const folder = path.join(DIST, "assets");
  if (assets === folder) return;
  mkdirSync(folder, { recursive: true });
  for (const name of SWAGGER_UI) cpSync(path.join(assets, name), path.join(folder, name));
}

/** The configuration that `volume-transfers init` writes: this project's, with the paths of the package. */
function writeWranglerToml(): void {
  const changes = [
    [/^main = .*$/m, 'main = "node_modules/volume-transfers/dist/worker/index.js"'],
    [/^migrations_dir = .*$/m, 'migrations_dir = "node_modules/volume-transfers/drizzle"'],
    [/^directory = .*$/m, 'directory = "node_modules/volume-transfers/dist/assets"'],
  ] as const;
  let toml = readFileSync(path.join(projectFolder, "wrangler.toml"), "utf8");
  for (const [pattern, line] of changes) {
    if (!pattern.test(toml)) throw new Error(`wrangler.toml has no line ${pattern}`);
    toml = toml.replace(pattern, line);
  }
  // The package has everything built.
  toml = toml.replace(/(^#.*\n)*^\[build\]\n(^[^[\n].*\n)*\n?/m, "");
  writeFileSync(path.join(DIST, "wrangler.toml"), toml);
}

/** Builds the package's files, without the migrations, into dist/. `npm pack` runs it. */
export async function buildPackage(processes: Processes): Promise<void> {
  mkdirSync(DIST, { recursive: true });
  for (const entry of readdirSync(DIST)) {
    if (entry !== "assets") rmSync(path.join(DIST, entry), { recursive: true });
  }
  const config = await readWranglerConfig(processes);
  await Promise.all([buildWorker(processes), buildModules(), buildTypes(processes)]);
  copyAssets(config);
  writeWranglerToml();
}
