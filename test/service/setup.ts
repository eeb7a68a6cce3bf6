import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort } from "../../src/cli/servers/ready.ts";
import { startSqld } from "../../src/cli/servers/sqld.ts";
import { meter } from "./meter.ts";

/** Where the tests find the services that were started for them. */
export interface Services {
  /** The Worker on D1, as `npm start` starts it. */
  readonly d1: string;
  /** The Worker on libSQL, as `npm run serve` starts it. */
  readonly libsql: string;
  /** The libSQL server, behind what counts the exchanges with it. */
  readonly meteredServer: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    services: Services;
  }
}

/** Starts the Worker twice, on D1 and on libSQL, both on empty databases, as users start it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const data = await mkdtemp(path.join(tmpdir(), "volume-transfers-test-"));
  const sqld = new Processes((failure) => console.error(failure.message));
  const metered = await meter(await startSqld(path.join(data, "sqld"), sqld));
  const [d1, libsql] = await Promise.all([
    service("start", { DATA_DIR: path.join(data, "d1") }),
    service("serve", { DATA_DIR: path.join(data, "libsql"), LIBSQL_URL: metered.url }),
  ]);
  project.provide("services", { d1: d1.url, libsql: libsql.url, meteredServer: metered.url });
  return async () => {
    await Promise.all([d1.stop(), libsql.stop()]);
    metered.close();
    await sqld.stop();
    await rm(data, { recursive: true });
  };
}

/**
 * Runs one of the project's commands that start the service.
 *
 * @returns its address, and what stops it, once it says that it is ready
 */
export async function service(command: "start" | "serve", env: Record<string, string>): Promise<Service> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(command, env);
    } catch (error) {
      // Between being found free and being listened on, a port may be taken by another.
      const taken = /in use|is taken by/.test(String(error)) && env.PORT === undefined;
      if (!taken || attempt === 3) throw error;
    }
  }
}

interface Service {
  readonly url: string;
  readonly output: string[];
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

async function start(command: "start" | "serve", env: Record<string, string>): Promise<Service> {
  const child = spawn(process.execPath, [`src/cli/commands/${command}.ts`], {
    env: { ...process.env, AUTH_STRATEGY: "noauth", PORT: String(await freePort()), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const output: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        output.push(line);
        const [, url] = /^volume-transfers: ready on (\S+)$/.exec(line) ?? [];
        if (url) resolve(url);
      });
    }
    void ended.then((code) => reject(new Error(`${command} ended with ${code}:\n${output.join("\n")}`)));
  });
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  return { url: await ready, output, stop };
}
