import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as z from "zod";
import type { Command, Processes } from "../processes/processes.ts";
import { projectFolder, temporaryFolder } from "../settings/settings.ts";
import { authority } from "./ready.ts";
import { type WranglerConfig, wrangler } from "./wrangler.ts";

/** What to run, and where it listens. */
export interface ServedWorker {
  readonly host: string;
  readonly port: number;
  /** The Worker's variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly config: WranglerConfig;
}

/**
 * Builds the Worker as `npm run deploy` does.
 *
 * @param project the folder of its sources
 * @returns the folder in which it is, `index.js`
 * @throws CommandFailed if it cannot be built
 */
export async function buildWorker(processes: Processes, project = projectFolder): Promise<string> {
  const folder = temporaryFolder();
  const build = wrangler("deploy", "--dry-run", "--minify", "--outdir", folder);
  await processes.run({ ...build, cwd: project });
  return folder;
}

/**
 * The command that runs a Worker on workerd. Its configuration is written beside the bundle.
 *
 * @param folder where its bundle is, `index.js`
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
 * The configuration of a workerd that runs the bundle `index.js` beside it. The variables' values are not in
 * it: workerd takes them from its environment, so that no secret is written to a file.
 */
function workerdConfig({ host, port, variables, config }: ServedWorker): string {
  const bindings = [
    `(name = "ASSETS", service = "assets")`,
    ...Object.keys(variables).map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    # libSQL and Keystone may be on this machine or in a private network, which workerd shuts off by default.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "assets", disk = (path = ${text(config.assets)})),
  ],
  sockets = [(name = "http", address = ${text(authority(host, port))}, http = (), service = "worker")],
);

const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = ${text(config.compatibilityDate)},
  compatibilityFlags = [${config.compatibilityFlags.map(text).join(", ")}],
  bindings = [
    ${bindings.join(",\n    ")}
  ],
);
`;
}

/** A string of Cap'n Proto, whose escapes are those of JSON for all that has no control characters. */
const text = (value: string): string => JSON.stringify(value);

/** The path of the binary itself: what npm links is a script around it, one process more to stop. */
function workerdBinary(): string {
  const workerd: unknown = createRequire(import.meta.url)("workerd");
  return z.object({ default: z.string() }).parse(workerd).default;
}
