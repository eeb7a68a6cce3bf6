import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { type Deployment, type Stops, withKeystone, withoutAuth } from "./deployments.ts";
import { installClients } from "./installation.ts";

declare module "vitest" {
  export interface ProvidedContext {
    deployments: readonly Deployment[];
    /** A folder for the configuration files of clients. */
    folder: string;
  }
}

/** Installs the clients, and starts the service four times: on both databases, with no-auth and with Keystone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installClients();
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    // What was started last may need what was started before.
    for (const one of stops.toReversed()) await one();
  };
  try {
    const folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-clients-"));
    stops.push(() => rm(folder, { recursive: true }));
    project.provide("folder", folder);
    project.provide("deployments", [...(await withoutAuth(stops)), ...(await withKeystone(stops))]);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
