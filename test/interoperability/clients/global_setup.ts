import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { type Cleanups, type Deployment, deployWithKeystone, deployWithoutAuth } from "./deployments.ts";
import { installClients } from "./installation.ts";

declare module "vitest" {
  export interface ProvidedContext {
    deployments: readonly Deployment[];
    /** The folder of the clients' configuration files. */
    configFolder: string;
  }
}

/** Installs the clients, and starts the service on both databases, with no-auth and with Keystone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installClients();
  const cleanups: Cleanups = [];
  const teardown = async (): Promise<void> => {
    // In reverse order: a service may need what was started before it.
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  try {
    const folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-clients-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    project.provide("configFolder", folder);
    project.provide("deployments", [
      ...(await deployWithoutAuth(project.getProvidedContext().builtWorker, cleanups)),
      ...(await deployWithKeystone(cleanups)).deployments,
    ]);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}
