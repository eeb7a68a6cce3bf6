import type { Processes } from "../../src/cli/processes/processes.ts";
import { fillStatements, idleVolumesStatement, resetStatements } from "../cinder/fill.sql.ts";
import { DEFAULT_VERSION, installCinder } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";
import { untilMachineIdle } from "../support/process_stats.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import {
  fillDatabase,
  HEADERS,
  idleVolumeId,
  OWNER,
  RECIPIENT,
  resetIdleVolumes,
  transferId,
} from "./dataset.ts";
import { runLoad, type Step } from "./http_load.ts";
import { PAGE_SIZE, SERVICE_OPERATIONS } from "./operations.ts";
import type { Servers } from "./servers.ts";

/** An operation with a number of connections and of open transfers. */
export interface Race {
  readonly operation: string;
  readonly transfers: number;
  readonly connections: number;
  /** Requests per second. */
  readonly service: number;
  readonly cinder: number;
  readonly ratio: number;
}

export interface RaceSettings {
  /** How many rounds are measured. One more warms up. */
  readonly rounds: number;
  /** The duration of a round. */
  readonly seconds: number;
  readonly connections: readonly number[];
  /** The numbers of open transfers, in ascending order. */
  readonly sizes: readonly [small: number, large: number];
}

interface Side {
  readonly url: string;
  readonly reset: () => Promise<unknown>;
}
type Sides = Readonly<Record<"service" | "cinder", Side>>;
type Steps = (connection: number) => readonly Step[];

const IDLE_VOLUMES = Array.from({ length: 40 }, (_, i) => idleVolumeId(i + 1));

/** Measures the service and a real Cinder 29.0 in turns, with the same rows and the same requests. */
export async function raceCinder(
  bundle: Bundle,
  processes: Processes,
  servers: Servers,
  settings: RaceSettings,
  log: (line: string) => void,
): Promise<readonly Race[]> {
  const installation = await installCinder(DEFAULT_VERSION, processes);
  const cinder = await startCinder(installation, processes);
  for (const project of [OWNER, RECIPIENT]) await liftQuota(cinder.url, project);
  await cinder.sql(idleVolumesStatement(OWNER, IDLE_VOLUMES));
  const cinderSide = { url: cinder.url, reset: () => cinder.sql(resetStatements(OWNER, IDLE_VOLUMES)) };

  const races: Race[] = [];
  let filled = 0;
  for (const transfers of settings.sizes) {
    await cinder.sql(
      fillStatements({
        first: filled + 1,
        last: transfers,
        project: OWNER,
        transferId: (n) => `concat('7a000000-0000-4000-8000-', lpad(hex(${n}), 12, '0'))`,
        volumeId: (n) => `concat('0ffe0000-0000-4000-8000-', lpad(hex(${n}), 12, '0'))`,
      }),
    );
    filled = transfers;
    const database = await servers.startDatabase();
    await fillDatabase(database.url, { transfers, openOneIn: 1, owned: transfers }, () => {});
    const worker = await servers.startWorker(bundle, { AUTH_STRATEGY: "noauth", LIBSQL_URL: database.url });
    const sides = {
      service: { url: worker.url, reset: () => resetIdleVolumes(database.url) },
      cinder: cinderSide,
    };
    const isSmall = transfers === settings.sizes[0];
    for (const [operation, steps] of Object.entries(
      isSmall ? SERVICE_OPERATIONS : largeOperations(transfers),
    )) {
      for (const connections of settings.connections) {
        const measured = await alternate(steps, connections, settings, sides);
        races.push({ operation, transfers, connections, ...measured });
        log(
          `${operation}, ${transfers} transfers, ${connections} connections: ${measured.service.toFixed(0)} requests/s, ` +
            `Cinder ${measured.cinder.toFixed(0)}, ratio ${measured.ratio.toFixed(1)}`,
        );
      }
    }
  }
  return races;
}

/** Lists, of which the last begins in the middle. */
const largeOperations = (transfers: number): Readonly<Record<string, Steps>> => ({
  list: SERVICE_OPERATIONS.list,
  "deep page": () => [
    {
      method: "GET",
      request: () => ({
        path: `/v3/volume-transfers/detail?limit=${PAGE_SIZE}&marker=${transferId(transfers / 2)}`,
        headers: HEADERS.owner,
      }),
      status: 200,
    },
  ],
});

async function alternate(
  steps: Steps,
  connections: number,
  { rounds, seconds }: RaceSettings,
  sides: Sides,
): Promise<Pick<Race, "service" | "cinder" | "ratio">> {
  const measured: Record<keyof Sides, number[]> = { service: [], cinder: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const name of ["service", "cinder"] as const) {
      const side = sides[name];
      await side.reset();
      // Also the other side must have finished its last requests: a Cinder takes seconds to.
      await untilMachineIdle();
      const { requestsPerSecond } = await runLoad(side.url, connections, seconds, steps);
      if (round > 0) measured[name].push(requestsPerSecond);
    }
  }
  const [service, cinder] = [median(measured.service), median(measured.cinder)];
  return { service, cinder, ratio: service / cinder };
}

async function liftQuota(url: string, project: string): Promise<void> {
  const response = await fetch(`${url}/v3/${OWNER}/os-quota-sets/${project}`, {
    method: "PUT",
    headers: { ...HEADERS.admin, "Content-Type": "application/json" },
    body: JSON.stringify({ quota_set: { volumes: -1, gigabytes: -1 } }),
  });
  if (!response.ok) throw new Error(`the quota of ${project}: ${response.status} ${await response.text()}`);
}
