import path from "node:path";
import { runService } from "../command.ts";
import { assertPortAvailable, printReady, serverUrl, waitUntilReady } from "../servers/ready.ts";
import { serveRegions } from "../servers/served_regions.ts";
import { buildWorker, readWorkerConfig, workerdCommand } from "../servers/workerd.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { REGIONS_VARIABLE } from "../settings/regions.ts";
import {
  assertValidVariables,
  dataFolder,
  host,
  port,
  projectFolder,
  syncsWrites,
  workerVariables,
} from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run serve",
  description:
    "Serves the production bundle on workerd, with the libSQL server that LIBSQL_URL names, or else with one of its\n" +
    "own, for each region. Applies pending migrations first.",
  variables: [
    {
      name: "AUTH_STRATEGY",
      description: "keystone, jwt or noauth. docs/configuration.md lists all variables.",
    },
    { name: "HOST", description: "The address to listen on, 127.0.0.1 by default." },
    { name: "PORT", description: "The port to listen on, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database and the secret, .data by default." },
    {
      name: "SYNC_WRITES",
      description: "off responds before a write is on disk. By default on, for its own server.",
    },
    { name: "LIBSQL_URL", description: "Use this libSQL server. LIBSQL_AUTH_TOKEN is its token." },
    REGIONS_VARIABLE,
  ],
};

await runService(SYNTAX, async (processes) => {
  const address = { host: host(), port: port() };
  const syncs = syncsWrites();
  const folder = dataFolder() ?? path.join(projectFolder, ".data");
  await assertPortAvailable(address.host, address.port);
  const config = await readWorkerConfig(processes);
  const variables: Record<string, string> = { ...config.vars, ...workerVariables(config.vars) };
  variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  assertValidVariables(variables);
  const regions = await serveRegions(variables, folder, processes, { syncsWrites: syncs });
  const { databaseUrls, walSyncs } = regions;
  const served = { ...address, variables: { ...variables, ...databaseUrls }, walSyncs, config };
  processes.start(workerdCommand(await buildWorker(processes), served));
  const url = serverUrl(address.host, address.port);
  await waitUntilReady(`${url}/healthcheck`);
  printReady(url, variables.AUTH_STRATEGY);
  await regions.attend();
});
