import type { TestProject } from "vitest/node";
import { startD1Service } from "./d1_service.ts";
import type { DatabaseName } from "./databases.ts";
import { startHttpServer } from "./http_server.ts";
import { startLibsqlService } from "./service.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The service on each database, started for all tests, with AUTH_STRATEGY=noauth. */
    sharedServices: Readonly<Record<DatabaseName, { readonly url: string; readonly cronUrl: string }>>;
  }
}

/** Starts the service on D1 and on libSQL, for the tests that need no variables of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { builtWorker } = project.getProvidedContext();
  // The log of thousands of requests costs time, and no test reads it.
  const variables = { AUTH_STRATEGY: "noauth", LOG_REQUESTS: "errors" };
  const [D1, libSQL] = await Promise.all([
    startD1Service(builtWorker, variables),
    startLibsqlService(variables),
  ]);
  const cron = await startHttpServer((_request, response) => void libSQL.sweep().then(() => response.end()));
  project.provide("sharedServices", {
    D1: { url: D1.url, cronUrl: D1.cronUrl },
    libSQL: { url: libSQL.url, cronUrl: `${cron.url}/scheduled` },
  });
  return async () => {
    await Promise.all([D1.stop(), libSQL.stop(), cron.stop()]);
  };
}
