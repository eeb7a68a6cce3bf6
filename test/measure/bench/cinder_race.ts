import { fillStatements, idleVolumesStatement } from "../../interoperability/cinder/fill.sql.ts";
import { DEFAULT_VERSION, installCinder } from "../../interoperability/cinder/installation.ts";
import { startCinder } from "../../interoperability/cinder/servers.ts";
import { untilMachineIdle } from "../../support/process_stats.ts";
import { type Scene, startService } from "./contenders.ts";
import { type Dataset, fillDatabase, HEADERS, OWNER, RECIPIENT } from "./dataset.ts";
import { CINDER_NAME } from "./goals.ts";
import { apiOperations, type OperationName } from "./operations.ts";
import { type Race, type RaceSettings, race } from "./race.ts";

/** The races with different numbers of open transfers. */
export interface CinderRaces {
  readonly sizes: readonly [small: number, large: number];
  readonly small: Race;
  readonly large: Race;
}

export interface CinderSettings extends RaceSettings {
  readonly sizes: CinderRaces["sizes"];
}

/** Measures the service and a real Cinder 29.0 in turns, with the same rows and the same requests. */
export async function raceCinder(
  scene: Scene,
  { sizes, ...settings }: CinderSettings,
  log: (line: string) => void,
): Promise<CinderRaces> {
  const started = performance.now();
  const { url, sql } = await startCinder(
    await installCinder(DEFAULT_VERSION, scene.processes),
    scene.processes,
  );
  const cinder = { name: CINDER_NAME, url, startMs: performance.now() - started, pids: () => [] };
  for (const project of [OWNER, RECIPIENT]) await liftQuota(url, project);
  let filled = 0;
  const raceWith = async (transfers: number, ...operations: readonly OperationName[]): Promise<Race> => {
    let dataset: Dataset = { transfers: [], idle: [] };
    const options = { transfers, openOneIn: 1, owned: transfers };
    const fill = async (databaseUrl: string) => {
      dataset = await fillDatabase(databaseUrl, options);
      return dataset;
    };
    const service = await startService(scene, { fill });
    await sql(
      fillStatements({
        first: filled + 1,
        last: transfers,
        project: OWNER,
        transferId: (n) => `concat('7a000000-0000-4000-8000-', lpad(hex(${n}), 12, '0'))`,
        volumeId: (n) => `concat('0ffe0000-0000-4000-8000-', lpad(hex(${n}), 12, '0'))`,
      }),
    );
    if (filled === 0) await sql(idleVolumesStatement(OWNER, dataset.idle));
    filled = transfers;
    const contenders = [service, { ...cinder, operations: apiOperations(dataset) }];
    // Also the other side must have finished its last requests: a Cinder takes seconds to.
    return race(contenders, settings, log, operations, untilMachineIdle);
  };
  return {
    sizes,
    small: await raceWith(sizes[0], "show", "list", "create and delete", "create and accept"),
    large: await raceWith(sizes[1], "list", "deep page"),
  };
}

/** Removes the limits of a project in a Cinder. */
export async function liftQuota(url: string, project: string): Promise<void> {
  const response = await fetch(`${url}/v3/${OWNER}/os-quota-sets/${project}`, {
    method: "PUT",
    headers: { ...HEADERS.admin, "Content-Type": "application/json" },
    body: JSON.stringify({ quota_set: { volumes: -1, gigabytes: -1 } }),
  });
  if (!response.ok) throw new Error(`the quota of ${project}: ${response.status} ${await response.text()}`);
}
