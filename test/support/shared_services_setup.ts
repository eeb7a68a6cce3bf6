import type { TestProject } from "vitest/node";
import { startD1Service } from "./d1_service.ts";
import { startLibsqlService } from "./service.ts";

/** Where the tests find the two services that are started for all of them, with AUTH_STRATEGY=noauth. */
export interface SharedServices {
  readonly D1: { readonly url: string; readonly cronUrl: string };
  readonly libSQL: { readonly url: string; readonly file: string };
}

declare module "vitest" {
  export interface ProvidedContext {
    sharedServices: SharedServices;
  }
}

/** Starts the service on D1 and on libSQL, for the tests that need no variables of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { builtWorker } = project.getProvidedContext();
  const variables = { AUTH_STRATEGY: "noauth" };
  const [D1, libSQL] = await Promise.all([
    startD1Service(builtWorker, variables),
    startLibsqlService(variables),
  ]);
  project.provide("sharedServices", {
    D1: { url: D1.url, cronUrl: D1.cronUrl },
    libSQL: { url: libSQL.url, file: libSQL.file },
  });
  return async () => {
    await Promise.all([D1.stop(), libSQL.stop()]);
  };
}
