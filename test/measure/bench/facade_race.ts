import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { idleVolumesStatement } from "../../interoperability/cinder/fill.sql.ts";
import { DEFAULT_VERSION, installCinder } from "../../interoperability/cinder/installation.ts";
import { startCinder } from "../../interoperability/cinder/servers.ts";
import { untilMachineIdle } from "../../support/process_stats.ts";
import { median } from "../../support/statistics.ts";
import { startTokenKeystone } from "../../support/token_keystone.ts";
import { liftQuota } from "./cinder_race.ts";
import type { Contender } from "./contender.ts";
import { type Scene, startService } from "./contenders.ts";
import { IDLE_VOLUMES, idleVolumeId, OWNER, RECIPIENT } from "./dataset.ts";
import { CINDER_NAME } from "./goals.ts";
import { runLoad } from "./load.ts";
import { apiOperations, get, type Operations } from "./operations.ts";
import { type Race, type RaceSettings, race } from "./race.ts";

/** The times of a request, milliseconds. */
interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** The times of a request that passes to Cinder, and of the same request to Cinder alone. */
export interface Overhead {
  readonly connections: number;
  readonly alone: Times;
  readonly passed: Times;
}

/** Returns the median time that the service adds, milliseconds. */
export const addedMs = ({ alone, passed }: Overhead): number => passed.p50 - alone.p50;

export interface FacadeRace {
  readonly overheads: readonly Overhead[];
  readonly race: Race;
}

export interface FacadeSettings {
  /** With pauses, so that Cinder has no queue. */
  readonly paused: RaceSettings;
  readonly race: RaceSettings;
}

/** Measures a real Cinder 29.0 with the service in front of it, and alone, in turns. */
export async function raceFacade(
  scene: Scene,
  settings: FacadeSettings,
  log: (line: string) => void,
): Promise<FacadeRace> {
  const { processes, cleanup } = scene;
  const started = performance.now();
  const { url, sql } = await startCinder(await installCinder(DEFAULT_VERSION, processes), processes);
  const startMs = performance.now() - started;
  for (const project of [OWNER, RECIPIENT]) await liftQuota(url, project);
  const idle = Array.from({ length: IDLE_VOLUMES }, (_, i) => idleVolumeId(i + 1));
  await sql(idleVolumesStatement(OWNER, idle));
  const operations: Operations = {
    ...apiOperations({ transfers: [], idle }),
    "show a volume": (connection) => [get(`/v3/volumes/${idle[connection]}`)],
  };
  const keystone = await startTokenKeystone();
  cleanup.defer(() => keystone.stop());
  const service = await startService(scene, {
    variables: {
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: keystone.url,
      CINDER_URL: url,
      AUTH_KEY_SECRET: generateAuthKeySecret(),
    },
    fill: () => Promise.resolve({ transfers: [], idle }),
  });
  const contenders = [
    { ...service, operations },
    { name: CINDER_NAME, url, startMs, pids: () => [], operations },
  ] as const;
  return {
    overheads: await measureOverheads(contenders, settings.paused, log),
    race: await race(
      contenders,
      settings.race,
      log,
      ["show a volume", "create and accept"],
      // Also the other side must have finished its last requests: a Cinder takes seconds to.
      untilMachineIdle,
    ),
  };
}

/**
 * Measures requests that pass, at a rate that leaves Cinder idle for more than half of the time. Without pauses it has a
 * queue, in which the time of the processor that the service needs, on the same cores, counts once for each request.
 */
async function measureOverheads(
  [service, cinder]: readonly [Contender, Contender],
  { rounds, seconds, connections: counts }: RaceSettings,
  log: (line: string) => void,
): Promise<Overhead[]> {
  const overheads: Overhead[] = [];
  let aloneMs = 0;
  for (const connections of counts) {
    const measured = { passed: [] as Times[], alone: [] as Times[] };
    // All connections together send one request in the time of three.
    const pause = () => 3 * connections * aloneMs * (0.5 + Math.random());
    for (let round = 0; round <= rounds; round++) {
      for (const [name, { url, operations }] of [
        ["alone", cinder],
        ["passed", service],
      ] as const) {
        const sequence = operations["show a volume"] ?? (() => []);
        const times = await runLoad(url, connections, seconds, sequence, pause);
        if (round > 0) measured[name].push(times);
        else if (name === "alone" && aloneMs === 0) aloneMs = times.p50;
      }
    }
    const overhead = { connections, alone: medians(measured.alone), passed: medians(measured.passed) };
    overheads.push(overhead);
    log(`a request that passes, ${connections} connections: ${addedMs(overhead).toFixed(2)} ms more`);
  }
  return overheads;
}

const medians = (rounds: readonly Times[]): Times => ({
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
});
