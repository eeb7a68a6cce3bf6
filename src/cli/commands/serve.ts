import { startHost } from "../../host/host.ts";
import { builtAssets } from "../assets/built_assets.ts";
import type { Stop } from "../processes/supervise.ts";
import { printReady, printStep, serverUrl } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import {
  host,
  inheritedSocket,
  migrationsFolder,
  port,
  serveFolder,
  workerVariables,
  writeOptions,
} from "../settings/settings.ts";

/** Serves on this machine. */
export const serve = (): Promise<Stop> => serveWith(migrationsFolder);

/**
 * Serves on this machine, as another version.
 *
 * @param migrations the folder of its migrations
 */
export async function serveWith(migrations: string): Promise<Stop> {
  const address = { host: host(), port: port(), fd: inheritedSocket() };
  const folder = serveFolder();
  const variables = workerVariables();
  variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  const service = await startHost({
    ...address,
    ...writeOptions(),
    variables,
    folder,
    migrations,
    assets: builtAssets(),
    report: printStep,
  });
  printReady(serverUrl(service.host, service.port), variables.AUTH_STRATEGY);
  return service.stop;
}
