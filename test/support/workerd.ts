import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as z from "zod";
import type { Command, Processes } from "../../src/cli/processes/processes.ts";
import { authority } from "../../src/cli/servers/ready.ts";
import { type WranglerConfig, wrangler } from "../../src/cli/servers/wrangler.ts";
import { projectFolder, temporaryFolder } from "../../src/cli/settings/settings.ts";

/** The Worker's address and configuration. */
export interface ServedWorker {
  readonly host: string;
  readonly port: number;
  /** The Worker's variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly config: WorkerConfig;
}

/** The part of `wrangler.toml` that workerd needs. */
type WorkerConfig = Pick<WranglerConfig, "compatibilityDate" | "compatibilityFlags" | "vars" | "assets">;

/**
 * Builds the Worker with the options of `npm run deploy`.
 *
 * @param project the folder of the sources
 * @returns the folder of the bundle, `index.js`
 * @throws ChildProcessError if the build fails
 */
export async function buildWorker(processes: Processes, project = projectFolder): Promise<string> {
  const folder = temporaryFolder();
  const build = wrangler("deploy", "--dry-run", "--minify", "--outdir", folder);
  await processes.run({ ...build, cwd: project });
  return folder;
}

/**
 * Writes a configuration of workerd beside the bundle, and returns the command that runs it.
 *
 * @param folder the folder of the bundle, `index.js`
 */
export function workerdCommand(folder: string, worker: ServedWorker): Command {
  const config = path.join(folder, `${worker.port}.capnp`);
  writeFileSync(config, workerdConfig(worker));
  return {
    title: "workerd",
    file: workerdBinary(),
    args: ["serve", config],
    cwd: projectFolder,
    env: worker.variables,
  };
}

/**
 * Returns the configuration of a workerd that runs the bundle `index.js` beside it. It names the variables, and
 * workerd reads their values from its environment, so that no secret is written to a file.
 */
function workerdConfig({ host, port, variables, config }: ServedWorker): string {
  const bindings = [
    `(name = "ASSETS", service = "assets")`,
    ...Object.keys(variables).map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    # libSQL and Keystone can be on this machine or in a private network, which workerd blocks by default.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "assets", disk = (path = ${quote(config.assets)})),
  ],
  # V8 grows the space of new objects to 16 MB, of which it has three. Under load it keeps them full of garbage.
  v8Flags = ["--max-semi-space-size=8"],
  sockets = [(name = "http", address = ${quote(authority(host, port))}, http = (), service = "worker")],
);

const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = ${quote(config.compatibilityDate)},
  compatibilityFlags = [${config.compatibilityFlags.map(quote).join(", ")}],
  bindings = [
    ${bindings.join(",\n    ")}
  ],
);
`;
}

/** Quotes a string of Cap'n Proto, whose escape sequences are those of JSON except for control characters. */
const quote = (value: string): string => JSON.stringify(value);

/** Returns the path of the binary. The command that npm links is a wrapper script, an additional process to stop. */
function workerdBinary(): string {
  const workerd: unknown = createRequire(import.meta.url)("workerd");
  return z.object({ default: z.string() }).parse(workerd).default;
}
