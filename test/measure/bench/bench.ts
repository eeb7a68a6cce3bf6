import { mkdtempSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { measureBundleSize } from "./bundle_size.ts";
import { type CinderSettings, raceCinder } from "./cinder_race.ts";
import { type Scene, startBaseline, startLimit, startService } from "./contenders.ts";
import { measureDelivery } from "./delivery.ts";
import { type FacadeSettings, raceFacade } from "./facade_race.ts";
import { NO_EVENTS_NAME, NO_LOG_NAME } from "./goals.ts";
import { type GrowthSettings, measureGrowth } from "./growth.ts";
import { type Part, selectParts } from "./parts.ts";
import { startPocketBase } from "./pocketbase.ts";
import { measureProfile } from "./profile.ts";
import { type Race, type RaceSettings, race } from "./race.ts";
import { measureRemote, type RemoteSettings } from "./remote.ts";
import { formatReport } from "./report/report.ts";
import { currentEnvironment, type Results, readResults } from "./results.ts";

interface Settings {
  readonly race: RaceSettings;
  readonly shares: RaceSettings;
  readonly cinder: CinderSettings;
  readonly facade: FacadeSettings;
  readonly remote: RemoteSettings;
  readonly growth: GrowthSettings;
  readonly delivery: { readonly events: number };
  readonly profile: { readonly seconds: number; readonly connections: number };
}

const FULL: Settings = {
  race: { rounds: 5, seconds: 2, connections: [1, 8, 32] },
  shares: { rounds: 9, seconds: 2, connections: [1, 8, 32] },
  cinder: { rounds: 3, seconds: 2, connections: [1, 8, 32], sizes: [1000, 100_000] },
  facade: {
    paused: { rounds: 12, seconds: 3, connections: [1, 8, 32] },
    race: { rounds: 3, seconds: 2, connections: [1, 8, 32] },
  },
  remote: { rounds: 3, seconds: 4, connections: [1, 32], repeats: 5 },
  growth: { sizes: [1000, 1_000_000], repeats: 60 },
  delivery: { events: 200 },
  profile: { seconds: 10, connections: 32 },
};
const QUICK: Settings = {
  race: { rounds: 1, seconds: 1, connections: [1, 8, 32] },
  shares: { rounds: 1, seconds: 1, connections: [32] },
  cinder: { rounds: 1, seconds: 1, connections: [8], sizes: [1000, 5000] },
  facade: {
    paused: { rounds: 2, seconds: 1, connections: [1, 8] },
    race: { rounds: 1, seconds: 1, connections: [8] },
  },
  remote: { rounds: 1, seconds: 2, connections: [32], repeats: 1 },
  growth: { sizes: [1000, 5000], repeats: 5 },
  delivery: { events: 20 },
  profile: { seconds: 2, connections: 32 },
};

const MAIN = ["show", "list", "create and delete", "create and accept"] as const;

/**
 * Measures the service beside others, and writes docs/performance.md.
 *
 * @param names the parts to measure; none for the default ones
 * @param options.report measures nothing, and writes the document from the last results
 */
export async function bench(
  processes: Processes,
  names: readonly Part[],
  { quick = false, report = false }: { readonly quick?: boolean; readonly report?: boolean },
): Promise<void> {
  const parts = report ? [] : selectParts(names);
  const folder = quick
    ? mkdtempSync(path.join(tmpdir(), "volume-transfers-bench-"))
    : path.join(projectFolder, "docs");
  const resultsFile = path.join(folder, "performance.json");
  let results = readResults(resultsFile);
  if (parts.length > 0) {
    warnIfBusy();
    for (const part of parts) {
      console.log(`\n${part}${quick ? ", quick" : ""}`);
      results = { ...results, ...(await measure(part, quick ? QUICK : FULL)) };
    }
    writeFileSync(resultsFile, JSON.stringify(results, null, 2));
    // As `npm run check` demands. Biome formats no file outside the project.
    if (!quick) {
      const file = path.join(projectFolder, "node_modules/.bin/biome");
      await processes.run({
        title: "biome",
        file,
        args: ["format", "--write", resultsFile],
        cwd: projectFolder,
      });
    }
  }
  const file = path.join(folder, "performance.md");
  writeFileSync(file, formatReport(results));
  console.log(`\nWrote ${file}`);
}

function warnIfBusy(): void {
  const [load = 0] = loadavg();
  if (load > 1) console.warn(`The machine is busy (load average ${load.toFixed(1)}). The results will vary.`);
}

/** Measures one part. Its processes end with it. */
async function measure(part: Part, settings: Settings): Promise<Results> {
  const cleanup = new AsyncDisposableStack();
  const processes = new Processes(() => {});
  cleanup.defer(() => processes.stop());
  try {
    return await measureIn({ processes, cleanup }, part, settings);
  } finally {
    await cleanup.disposeAsync();
  }
}

async function measureIn(scene: Scene, part: Part, settings: Settings): Promise<Results> {
  const environment = currentEnvironment();
  const { log } = console;
  switch (part) {
    case "bundle-size":
      return { bundleSize: { ...(await measureBundleSize(scene.processes)), ...environment } };
    case "throughput": {
      const service = await startService(scene);
      const contenders = [service, await startBaseline(scene), await startLimit(service, scene)];
      return { throughput: { ...(await race(contenders, settings.race, log, MAIN)), ...environment } };
    }
    case "pocketbase": {
      const contenders = [await startService(scene), await startPocketBase(scene)];
      return {
        pocketbase: { ...(await race(contenders, settings.race, log, ["show", "list"])), ...environment },
      };
    }
    case "shares":
      return { shares: { ...(await measureShares(scene, settings.shares)), ...environment } };
    case "cinder":
      return { cinder: { ...(await raceCinder(scene, settings.cinder, log)), ...environment } };
    case "facade":
      return { facade: { ...(await raceFacade(scene, settings.facade, log)), ...environment } };
    case "remote":
      return { remote: { ...(await measureRemote(scene, settings.remote, log)), ...environment } };
    case "growth":
      return { growth: { ...(await measureGrowth(scene, settings.growth, log)), ...environment } };
    case "delivery":
      return { delivery: { ...(await measureDelivery(scene, settings.delivery, log)), ...environment } };
    case "profile":
      return { profile: { ...(await measureProfile(scene, settings.profile, log)), ...environment } };
  }
}

/** Measures what events, and the log of requests, cost. */
async function measureShares(scene: Scene, settings: RaceSettings): Promise<Race> {
  const contenders = [
    await startService(scene),
    await startService(scene, { name: NO_EVENTS_NAME, variables: { EVENTS: "off" } }),
    await startService(scene, { name: NO_LOG_NAME, variables: { LOG_REQUESTS: "errors" } }),
  ];
  return race(contenders, settings, console.log, ["show", "create and accept"]);
}
