import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { BundleSize } from "./bundle_size.ts";
import type { CinderRaces } from "./cinder_race.ts";
import type { DeliveryResult } from "./delivery.ts";
import type { FacadeRace } from "./facade_race.ts";
import type { GrowthResult } from "./growth.ts";
import type { ProfileResult } from "./profile.ts";
import type { Race } from "./race.ts";
import type { RemoteResult } from "./remote.ts";

/** The results of the benchmark: `docs/performance.json`. A part keeps its last result until it is measured again. */
export interface Results {
  readonly throughput?: Race & Environment;
  readonly pocketbase?: Race & Environment;
  readonly shares?: Race & Environment;
  readonly cinder?: CinderRaces & Environment;
  readonly facade?: FacadeRace & Environment;
  readonly remote?: RemoteResult & Environment;
  readonly growth?: GrowthResult & Environment;
  readonly delivery?: DeliveryResult & Environment;
  readonly profile?: ProfileResult & Environment;
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
    machine: `${cpus().length} cores (${model}), ${gibibytes} GiB, Linux ${release()}, Node ${process.versions.node}`,
  };
}

/** Reads the results of earlier runs. They are empty if there were none. */
export function readResults(file: string): Results {
  // The file is written by this program alone.
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
}
