import { startHost } from "../../host/host.ts";
import { builtAssets } from "../assets/built_assets.ts";
import type { Processes } from "../processes/processes.ts";
import type { Stop } from "../processes/supervise.ts";
import { printReady, printStep, serverUrl } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { readDevVars } from "../settings/env_files.ts";
import { regionsOf } from "../settings/regions.ts";
import { migrationsFolder, parsePort, port, startFolder, workerVariables } from "../settings/settings.ts";

const HOST = "127.0.0.1";

interface StartOptions {
  readonly port?: string | undefined;
  readonly fresh?: true | undefined;
  readonly json?: true | undefined;
  readonly stopWithStdin?: true | undefined;
}

/** Serves on this machine, for a first look and for tests. */
export async function start(_processes: Processes, options: StartOptions): Promise<Stop> {
  if (options.stopWithStdin) stopWithStdin();
  const { port: wanted, fresh = false, json = false } = options;
  const folder = startFolder();
  const variables: Record<string, string> = {
    AUTH_STRATEGY: "noauth",
    LOG_REQUESTS: "errors",
    ...readDevVars(),
    ...workerVariables(),
  };
  if (variables.AUTH_STRATEGY !== "noauth") variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  const service = await startHost({
    host: HOST,
    port: wanted === undefined ? port() : parsePort("--port", wanted, 0),
    variables,
    folder: fresh ? undefined : folder,
    syncsWrites: true,
    migrations: migrationsFolder,
    assets: builtAssets(),
    resets: fresh,
    report: json ? undefined : printStep,
    ...(json && { log: (line: string) => console.error(line) }),
  });
  const url = serverUrl(HOST, service.port);
  if (json) {
    const { resetPath } = service;
    console.log(JSON.stringify({ url, ...(resetPath !== undefined && { resetUrl: url + resetPath }) }));
    return service.stop;
  }
  const { prepareDemo } = await import("../servers/demo.ts");
  const demos: string[] = [];
  if (variables.AUTH_STRATEGY === "noauth" && !fresh) {
    for (const { name } of regionsOf(variables))
      demos.push(await prepareDemo(name === undefined ? url : `${url}/${name}`));
  }
  printReady(url, variables.AUTH_STRATEGY);
  for (const demo of demos) console.log(demo);
  return service.stop;
}

/** A program that starts the service cannot always end it: it may be killed itself. */
function stopWithStdin(): void {
  process.stdin.once("end", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.resume();
}
