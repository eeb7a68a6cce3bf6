import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AUDIENCE, FakeIssuer } from "../../service/identity/fake_issuer.ts";
import { startCommand } from "../../support/command.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { startHttpServer } from "../../support/http_server.ts";
import { memoryMb } from "../../support/process_stats.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import type { Attack, Target } from "./target.ts";

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

/** The identity service, and the variables that name it. */
interface Identity extends Pick<Target, "keystone" | "issuer" | "unanswered"> {
  readonly variables: Readonly<Record<string, string>>;
  readonly innocent: Readonly<Record<string, string>>;
  readonly stop: () => Promise<unknown>;
}

async function startIdentity(identity: Attack["identity"]): Promise<Identity> {
  const none = { keystone: undefined, issuer: undefined, unanswered: () => 0 };
  if (identity === undefined)
    return { ...none, variables: {}, innocent: as("innocent"), stop: () => Promise.resolve() };
  if (identity === "keystone") {
    const keystone = await FakeKeystone.start();
    return {
      ...none,
      keystone,
      variables: { AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url },
      innocent: { "X-Auth-Token": keystone.issue({ project: "innocent" }) },
      stop: () => keystone.stop(),
    };
  }
  const issuer = await FakeIssuer.start();
  let unanswered = 0;
  const silent = await startHttpServer(() => void unanswered++);
  return {
    ...none,
    issuer,
    unanswered: () => unanswered,
    variables: {
      AUTH_STRATEGY: "jwt",
      JWT_ISSUER: silent.url,
      JWT_AUDIENCE: AUDIENCE,
      JWKS_URL: issuer.jwksUrl,
      OIDC_CLIENT_ID: "volume-transfers",
    },
    innocent: { "X-Auth-Token": await issuer.token({ iss: silent.url, project_id: "innocent" }) },
    stop: () => Promise.all([issuer.stop(), silent.stop()]),
  };
}

/** Starts `npm run serve` with a database of its own. */
export async function startServe({ identity: kind, variables: own = {} }: Attack): Promise<Victim> {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-attack-"));
  const DATA_DIR = path.join(folder, "data");
  const identity = await startIdentity(kind);
  const variables: Record<string, string> = {
    ...NO_QUOTA,
    AUTH_KEY_SECRET: SECRET,
    LOG_REQUESTS: "none",
    // As in the script of `npm run serve`.
    NODE_OPTIONS: "--max-semi-space-size=4",
    ...identity.variables,
    ...own,
  };
  const services: Awaited<ReturnType<typeof startCommand>>[] = [];
  const stop = async () => {
    await Promise.all(services.map((one) => one.stop("SIGKILL")));
    await identity.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    const service = await startCommand("serve", { ...variables, DATA_DIR });
    services.push(service);
    const [region] = own.REGIONS?.split(" ") ?? [];
    return {
      ...identity,
      url: region === undefined ? service.url : `${service.url}/${region}`,
      port: portOf(service.url),
      file: path.join(DATA_DIR, region ?? "", "volume-transfers.db"),
      as,
      async startCopy(changes) {
        const copy = path.join(folder, `copy${services.length}`);
        cpSync(DATA_DIR, copy, { recursive: true });
        const other = await startCommand("serve", { ...variables, DATA_DIR: copy, ...changes });
        services.push(other);
        return other;
      },
      peakMegabytes: () => memoryMb(service.process.pid).peak,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts `npm run dev`: `wrangler dev` with D1. */
export async function startD1(folder: string): Promise<Victim> {
  const { url, stop } = await startCommand("dev", { ...NO_QUOTA, DATA_DIR: folder });
  return {
    url,
    port: portOf(url),
    file: "",
    keystone: undefined,
    issuer: undefined,
    unanswered: () => 0,
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
