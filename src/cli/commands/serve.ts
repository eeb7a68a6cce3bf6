import { startHost } from "../../host/host.ts";
import { builtAssets } from "../assets/built_assets.ts";
import { runService } from "../command.ts";
import { printReady, serverUrl } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { REGIONS_VARIABLE } from "../settings/regions.ts";
import {
  host,
  migrationsFolder,
  port,
  serveFolder,
  syncsWrites,
  workerVariables,
} from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run serve",
  description:
    "Serves on this machine, with the database in the data folder, or the one that LIBSQL_URL names, for each region.\n" +
    "Applies pending migrations first.",
  variables: [
    {
      name: "AUTH_STRATEGY",
      description: "keystone, jwt or noauth. docs/configuration.md lists all variables.",
    },
    { name: "HOST", description: "The address to listen on, 127.0.0.1 by default." },
    { name: "PORT", description: "The port to listen on, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database and the secret, .data by default." },
    { name: "SYNC_WRITES", description: "off responds before a write is on disk. By default on." },
    {
      name: "LIBSQL_URL",
      description: "Use this file (file:PATH) or libSQL server. LIBSQL_AUTH_TOKEN is the token of a server.",
    },
    REGIONS_VARIABLE,
  ],
};

await runService(SYNTAX, async () => {
  const address = { host: host(), port: port() };
  const folder = serveFolder();
  const variables = workerVariables();
  variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  const service = await startHost({
    ...address,
    variables,
    folder,
    migrations: migrationsFolder,
    assets: builtAssets(),
    syncsWrites: syncsWrites(),
  });
  printReady(service.report, serverUrl(address.host, service.port), variables.AUTH_STRATEGY);
  return service.stop;
});
