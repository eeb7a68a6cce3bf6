import { mkdirSync } from "node:fs";
import path from "node:path";
import { runService } from "../command.ts";
import { CliError } from "../errors.ts";
import { prepareDemo } from "../servers/demo.ts";
import { lock } from "../servers/folder_lock.ts";
import { startLocalWorker } from "../servers/local_workerd.ts";
import { assertPortAvailable, freePort, printReady } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import {
  assertValidVariables,
  dataFolder,
  parsePort,
  port,
  projectFolder,
  temporaryFolder,
  workerVariables,
} from "../settings/settings.ts";

const SYNTAX = {
  script: "npm start",
  description:
    "Serves for development and tests, with a database of its own. With AUTH_STRATEGY=noauth, the default, it creates\n" +
    "volumes for a demo, unless --fresh or --json is set.",
  options: [{ name: "port", value: "number", description: "The port to listen on; 0 for any that is free." }],
  flags: [
    { name: "fresh", description: "Use a new database, which is removed at the end." },
    {
      name: "json",
      description:
        "Print one line of JSON with the URL when the service is ready, and the log on standard error.",
    },
    { name: "stop-with-stdin", description: "Stop when the standard input ends." },
  ],
  variables: [
    { name: "PORT", description: "The port without --port, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database without --fresh, .data by default." },
    { name: "LOG_REQUESTS", description: "all, errors (a status of 500 or more, the default) or none." },
  ],
} as const;

const HOST = "127.0.0.1";

await runService(SYNTAX, async (processes, { flags, options }) => {
  if (flags.has("stop-with-stdin")) stopWithStdin();
  const wanted = options.get("port");
  const requested = wanted === undefined ? port() : parsePort("--port", wanted, 0);
  const chosen = requested === 0 ? await freePort() : requested;
  await assertPortAvailable(HOST, chosen);
  const fresh = flags.has("fresh");
  const json = flags.has("json");
  const folder = fresh ? temporaryFolder() : persistentFolder();
  const variables: Record<string, string> = {
    AUTH_STRATEGY: "noauth",
    LOG_REQUESTS: "errors",
    ...workerVariables(),
  };
  if (variables.LIBSQL_URL !== undefined) {
    throw new CliError("start has a database of its own. Unset LIBSQL_URL, or use serve.");
  }
  if (variables.AUTH_STRATEGY !== "noauth") variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  assertValidVariables(variables);
  const { url, resetUrl } = await startLocalWorker(processes, {
    port: chosen,
    folder,
    variables,
    filter: { stdout: json ? printToStderr : () => true, stderr: () => true },
  });
  if (json) {
    console.log(JSON.stringify({ url, ...(fresh && { resetUrl }) }));
    return;
  }
  const demo = variables.AUTH_STRATEGY === "noauth" && !fresh ? await prepareDemo(url) : undefined;
  printReady(url, variables.AUTH_STRATEGY);
  if (demo !== undefined) console.log(demo);
});

/** Creates and locks the folder of a database that is kept. */
function persistentFolder(): string {
  const folder = path.join(dataFolder() ?? path.join(projectFolder, ".data"), "start");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  lock(folder);
  return folder;
}

/** Standard output is for the one line that programs read. */
function printToStderr(line: string): false {
  console.error(line);
  return false;
}

/** A program that starts the service cannot always end it: it may be killed itself. */
function stopWithStdin(): void {
  process.stdin.once("end", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.resume();
}
