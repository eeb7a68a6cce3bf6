import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startCommand } from "../../support/command.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { memoryMb } from "../../support/process_stats.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import type { Target } from "./target.ts";

/** The service that is attacked, and what the runner measures of it. */
export interface Victim extends Target {
  /** The headers of the innocent client, whose token the service remembers. */
  readonly innocent: Readonly<Record<string, string>>;
  /** Returns the peak of the service's resident memory so far, MB; undefined if it is not known. */
  readonly peakMegabytes: () => number | undefined;
  readonly stop: () => Promise<void>;
}

const SECRET = "a secret of at least thirty-two bytes";
const as = (project: string) => ({ "X-Auth-Token": `attacker:${project}:member` });
const portOf = (url: string): number => Number(new URL(url).port);

/** Starts `npm run serve` with a database of its own. */
export async function startServe(options: { readonly keystone: boolean }): Promise<Victim> {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-attack-"));
  const DATA_DIR = path.join(folder, "data");
  const keystone = options.keystone ? await FakeKeystone.start() : undefined;
  const variables: Record<string, string> = {
    ...NO_QUOTA,
    AUTH_KEY_SECRET: SECRET,
    LOG_REQUESTS: "none",
    ...(keystone !== undefined && { AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url }),
  };
  const service = await startCommand("serve", { ...variables, DATA_DIR });
  const services = [service];
  return {
    url: service.url,
    port: portOf(service.url),
    keystone,
    as,
    innocent:
      keystone === undefined ? as("innocent") : { "X-Auth-Token": keystone.issue({ project: "innocent" }) },
    async startCopy(changes) {
      const copy = path.join(folder, `copy${services.length}`);
      cpSync(DATA_DIR, copy, { recursive: true });
      const other = await startCommand("serve", { ...variables, DATA_DIR: copy, ...changes });
      services.push(other);
      return other;
    },
    peakMegabytes: () => memoryMb(service.process.pid).peak,
    async stop() {
      await Promise.all(services.map((one) => one.stop("SIGKILL")));
      await keystone?.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Starts `npm run dev`: `wrangler dev` with D1. */
export async function startD1(folder: string): Promise<Victim> {
  const { url, stop } = await startCommand("dev", { ...NO_QUOTA, DATA_DIR: folder });
  return {
    url,
    port: portOf(url),
    keystone: undefined,
    as,
    innocent: as("innocent"),
    startCopy: () => Promise.reject(new Error("npm run dev has one Worker")),
    // workerd is one of wrangler's own processes.
    peakMegabytes: () => undefined,
    async stop() {
      await stop();
    },
  };
}
