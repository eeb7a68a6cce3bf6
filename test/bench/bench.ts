import { mkdtempSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { Processes } from "../../src/cli/processes/processes.ts";
import { supervise } from "../../src/cli/processes/supervise.ts";
import { readWranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import type { Bundle } from "../support/worker.ts";
import { buildWorker } from "../support/workerd.ts";
import { type Part, parseArguments } from "./arguments.ts";
import { measureBundleSize } from "./bundle_size.ts";
import { type RaceSettings, raceCinder } from "./cinder_race.ts";
import { type DeliverySettings, measureDelivery } from "./delivery.ts";
import { type EventsSettings, measureEvents } from "./events.ts";
import { measureGrowth } from "./growth.ts";
import { measureProfile } from "./profile.ts";
import { measureRegions, type RegionsSettings } from "./regions.ts";
import { formatReport } from "./report/report.ts";
import { currentEnvironment, type Results, readResults } from "./results.ts";
import { DELAY_MS, measureRoundTrips } from "./round_trips.ts";
import { Servers } from "./servers.ts";
import { measureThroughput, type ThroughputSettings } from "./throughput.ts";
import { measureWrites } from "./write_profile.ts";

// npm run bench: measures the production bundle on workerd with sqld, and writes docs/performance.md.

interface Settings {
  readonly throughput: ThroughputSettings;
  readonly farAway: ThroughputSettings;
  readonly profile: { readonly seconds: number; readonly connections: number; readonly repeats: number };
  readonly cinder: RaceSettings;
  readonly events: EventsSettings;
  readonly delivery: DeliverySettings;
  readonly roundTrips: { readonly repeats: number };
  readonly growth: { readonly sizes: readonly number[]; readonly repeats: number };
  readonly regions: RegionsSettings;
}

const FULL: Settings = {
  throughput: { rounds: 3, seconds: 1.5, connections: [1, 8, 32] },
  farAway: { rounds: 3, seconds: 4, connections: [1, 32] },
  profile: { seconds: 10, connections: 32, repeats: 200 },
  cinder: { rounds: 3, seconds: 2, connections: [1, 8, 32], sizes: [1000, 100_000] },
  events: { rounds: 9, seconds: 3, connections: [1, 8, 32], sizes: [1000, 1_000_000], repeats: 20 },
  delivery: { events: 200 },
  roundTrips: { repeats: 5 },
  growth: { sizes: [1000, 100_000, 1_000_000], repeats: 60 },
  // With more connections the cores, which run the proxies and the clients too, would be what limits four regions.
  regions: { rounds: 9, seconds: 4, counts: [1, 2, 4], connections: 1 },
};
const QUICK: Settings = {
  throughput: { rounds: 1, seconds: 1, connections: [1, 8, 32] },
  farAway: { rounds: 1, seconds: 2, connections: [32] },
  profile: { seconds: 2, connections: 32, repeats: 20 },
  cinder: { rounds: 1, seconds: 1, connections: [8], sizes: [1000, 5000] },
  events: { rounds: 1, seconds: 1, connections: [32], sizes: [1000, 5000], repeats: 2 },
  delivery: { events: 20 },
  roundTrips: { repeats: 1 },
  growth: { sizes: [1000, 5000], repeats: 5 },
  regions: { rounds: 1, seconds: 2, counts: [1, 2, 4], connections: 1 },
};

const FAR_AWAY_OPERATIONS = ["show", "create and accept"] as const;

await supervise("command", async (processes) => {
  const { parts, quick } = parseArguments(process.argv.slice(2));
  const folder = quick
    ? mkdtempSync(path.join(tmpdir(), "volume-transfers-bench-"))
    : path.join(projectFolder, "docs");
  const resultsFile = path.join(folder, "performance.json");
  let results = readResults(resultsFile);
  if (parts.length > 0) {
    warnIfBusy();
    const bundle = { folder: await buildWorker(processes), config: await readWranglerConfig(processes) };
    for (const part of parts) {
      console.log(`\n${part}${quick ? ", quick" : ""}`);
      results = { ...results, ...(await measure(part, bundle, quick ? QUICK : FULL)) };
    }
    writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  }
  for (const [name, content] of Object.entries(formatReport(results))) {
    writeFileSync(path.join(folder, name), content);
  }
  console.log(`\nWrote ${path.join(folder, "performance.md")}`);
});

function warnIfBusy(): void {
  const [load = 0] = loadavg();
  if (load > 1) console.warn(`The machine is busy (load average ${load.toFixed(1)}). The results will vary.`);
}

/** Measures one part. Its processes end with it. */
async function measure(part: Part, bundle: Bundle, settings: Settings): Promise<Results> {
  const processes = new Processes(() => {});
  const servers = new Servers();
  const environment = currentEnvironment();
  const { log } = console;
  try {
    switch (part) {
      case "bundle-size":
        return { bundleSize: { ...(await measureBundleSize(processes)), ...environment } };
      case "floor": {
        const throughput = await measureThroughput(bundle, processes, servers, settings.throughput, log);
        return { throughput: { ...throughput, ...environment } };
      }
      case "far-away": {
        const distant = { ...settings.farAway, delayMs: DELAY_MS, operations: FAR_AWAY_OPERATIONS };
        const farAway = await measureThroughput(bundle, processes, servers, distant, log);
        return { farAway: { ...farAway, ...environment } };
      }
      case "events":
        return {
          events: { ...(await measureEvents(bundle, servers, settings.events, log)), ...environment },
        };
      case "delivery": {
        const delivery = await measureDelivery(bundle, servers, settings.delivery, log);
        return { delivery: { ...delivery, ...environment } };
      }
      case "profile":
        return {
          profile: { ...(await measureProfile(bundle, servers, settings.profile, log)), ...environment },
          writes: { ...(await measureWrites(bundle, servers, settings.profile, log)), ...environment },
        };
      case "cinder": {
        const races = await raceCinder(bundle, processes, servers, settings.cinder, log);
        return { cinder: { races, ...environment } };
      }
      case "round-trips": {
        const endpoints = await measureRoundTrips(bundle, servers, settings.roundTrips, log);
        return { roundTrips: { endpoints, ...environment } };
      }
      case "growth":
        return {
          growth: { ...(await measureGrowth(bundle, servers, settings.growth, log)), ...environment },
        };
      case "regions":
        return {
          regions: { ...(await measureRegions(bundle, servers, settings.regions, log)), ...environment },
        };
    }
  } finally {
    await servers.stop();
    await processes.stop();
  }
}
