import { startCommand } from "../../support/command.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { startLibsql } from "../../support/libsql.ts";
import { memoryMb } from "../../support/process_stats.ts";
import { type Bundle, NO_QUOTA, startWorker } from "../../support/worker.ts";
import type { Target } from "./target.ts";

/** The service that is attacked, and what the runner measures of it. */
export interface Victim extends Target {
  /** The headers of the innocent client, whose token the service remembers. */
  readonly innocent: Readonly<Record<string, string>>;
  /** Returns the peak of workerd's resident memory so far, MB; undefined if it is not known. */
  readonly peakMegabytes: () => number | undefined;
  readonly stop: () => Promise<void>;
}

const SECRET = "a secret of at least thirty-two bytes";
const as = (project: string) => ({ "X-Auth-Token": `attacker:${project}:member` });
const portOf = (url: string): number => Number(new URL(url).port);

/** Starts the production bundle on workerd with an sqld of its own. */
export async function startLibsqlService(
  bundle: Bundle,
  options: { readonly keystone: boolean },
): Promise<Victim> {
  const database = await startLibsql();
  const keystone = options.keystone ? await FakeKeystone.start() : undefined;
  const variables: Record<string, string> = {
    ...NO_QUOTA,
    LIBSQL_URL: database.url,
    AUTH_KEY_SECRET: SECRET,
    LOG_REQUESTS: "none",
    ...(keystone === undefined
      ? { AUTH_STRATEGY: "noauth" }
      : { AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url }),
  };
  const workers = [await startWorker(bundle, variables, { quiet: true })];
  const [worker] = workers;
  if (worker === undefined) throw new Error("there is no Worker");
  return {
    url: worker.url,
    port: portOf(worker.url),
    keystone,
    as,
    innocent:
      keystone === undefined ? as("innocent") : { "X-Auth-Token": keystone.issue({ project: "innocent" }) },
    async startWorker(changes) {
      const other = await startWorker(bundle, { ...variables, ...changes }, { quiet: true });
      workers.push(other);
      return other;
    },
    peakMegabytes: () => memoryMb(worker.process.pid).peak,
    async stop() {
      await Promise.all(workers.map((one) => one.kill()));
      await keystone?.stop();
      await database.stop();
    },
  };
}

/** Starts `npm start`: `wrangler dev` with D1. */
export async function startD1(folder: string): Promise<Victim> {
  const { url, stop } = await startCommand("start", { ...NO_QUOTA, DATA_DIR: folder });
  return {
    url,
    port: portOf(url),
    keystone: undefined,
    as,
    innocent: as("innocent"),
    startWorker: () => Promise.reject(new Error("npm start has one Worker")),
    // workerd is one of wrangler's own processes.
    peakMegabytes: () => undefined,
    async stop() {
      await stop();
    },
  };
}
