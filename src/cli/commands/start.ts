import { startHost } from "../../host/host.ts";
import { builtAssets } from "../assets/built_assets.ts";
import { runService } from "../command.ts";
import { prepareDemo } from "../servers/demo.ts";
import { printReady, serverUrl } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { readDevVars } from "../settings/env_files.ts";
import { REGIONS_VARIABLE, regionsOf } from "../settings/regions.ts";
import { migrationsFolder, parsePort, port, startFolder, workerVariables } from "../settings/settings.ts";

const HOST = "127.0.0.1";

const SYNTAX = {
  script: "npm start",
  description:
    "Serves on this machine, for a first look and for tests. With AUTH_STRATEGY=noauth, the default, it creates volumes\n" +
    "for a demo, unless --fresh or --json is set.",
  options: [{ name: "port", value: "number", description: "The port to listen on; 0 for any that is free." }],
  flags: [
    { name: "fresh", description: "Use a new database in memory." },
    {
      name: "json",
      description:
        "Print one line of JSON with the URL when the service is ready, and the log on standard error.",
    },
    { name: "stop-with-stdin", description: "Stop when the standard input ends." },
  ],
  variables: [
    { name: "PORT", description: "The port without --port, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database without --fresh, .data/start by default." },
    REGIONS_VARIABLE,
    { name: "LOG_REQUESTS", description: "all, errors (a status of 500 or more, the default) or none." },
  ],
} as const;

await runService(SYNTAX, async (_processes, { flags, options }) => {
  if (flags.has("stop-with-stdin")) stopWithStdin();
  const fresh = flags.has("fresh");
  const json = flags.has("json");
  const wanted = options.get("port");
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
    ...(json && { log: (line: string) => console.error(line) }),
  });
  const url = serverUrl(HOST, service.port);
  if (json) {
    const { resetPath } = service;
    console.log(JSON.stringify({ url, ...(resetPath !== undefined && { resetUrl: url + resetPath }) }));
    return service.stop;
  }
  const demos: string[] = [];
  if (variables.AUTH_STRATEGY === "noauth" && !fresh) {
    for (const { name } of regionsOf(variables))
      demos.push(await prepareDemo(name === undefined ? url : `${url}/${name}`));
  }
  printReady(service.report, url, variables.AUTH_STRATEGY);
  for (const demo of demos) console.log(demo);
  return service.stop;
});

/** A program that starts the service cannot always end it: it may be killed itself. */
function stopWithStdin(): void {
  process.stdin.once("end", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.resume();
}
