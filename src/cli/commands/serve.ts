import { startHost } from "../../host/host.ts";
import { builtAssets } from "../assets/built_assets.ts";
import type { Stop } from "../processes/supervise.ts";
import { printReady, printStep, serverUrl } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import {
  host,
  migrationsFolder,
  port,
  serveFolder,
  syncsWrites,
  workerVariables,
} from "../settings/settings.ts";

/** Serves on this machine. */
export async function serve(): Promise<Stop> {
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
    report: printStep,
  });
  printReady(serverUrl(address.host, service.port), variables.AUTH_STRATEGY);
  return service.stop;
}
