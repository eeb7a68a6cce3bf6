import type { Processes } from "../../src/cli/processes/processes.ts";
import { readWranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { type Service, startLibsqlService } from "../support/service.ts";
import { NO_QUOTA } from "../support/worker.ts";
import { buildWorker } from "../support/workerd.ts";

/** Builds the Worker, and starts it with AUTH_STRATEGY=noauth on a libSQL server, for commands outside of vitest. */
export async function startPageService(processes: Processes): Promise<Service> {
  const [folder, config] = [await buildWorker(processes), await readWranglerConfig(processes)];
  return startLibsqlService({ folder, config }, { ...NO_QUOTA, AUTH_STRATEGY: "noauth" });
}
