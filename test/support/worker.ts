import type { WranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { freePort } from "./free_port.ts";
import { HOST, RestartableServer } from "./restartable_server.ts";
import { workerdCommand } from "./workerd.ts";

/** The Worker as `npm run deploy` builds it. */
export interface Bundle {
  /** The folder of its `index.js`. */
  readonly folder: string;
  readonly config: WranglerConfig;
}

/** Variables of a Worker that has no quota and no limit on the transfers and volumes that a project creates. */
export const NO_QUOTA = {
  TRANSFERS_PER_MINUTE: "0",
  VOLUMES_PER_MINUTE: "0",
  QUOTA_VOLUMES: "-1",
  QUOTA_GIGABYTES: "-1",
  QUOTA_SNAPSHOTS: "-1",
} as const;

/** The settings of `startWorker` that have a default. */
export interface WorkerOptions {
  /** The path that answers 200 once the Worker is ready. */
  readonly healthPath?: string;
  /** Whether to discard what it logs. */
  readonly quiet?: boolean;
}

/**
 * Starts a Worker on workerd, as `npm run serve` does.
 *
 * @param variables its variables, of which `LIBSQL_URL` is one
 */
export async function startWorker(
  { folder, config }: Bundle,
  variables: Readonly<Record<string, string>>,
  { healthPath = "/healthcheck", quiet = false }: WorkerOptions = {},
): Promise<RestartableServer> {
  const port = await freePort();
  const worker = {
    host: HOST,
    port,
    // Suites create transfers faster than people do.
    variables: { TRANSFERS_PER_MINUTE: "0", VOLUMES_PER_MINUTE: "0", ...variables },
    config,
  };
  const server = new RestartableServer({ ...workerdCommand(folder, worker), quiet }, port, healthPath);
  await server.start();
  return server;
}
