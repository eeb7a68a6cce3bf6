import type { Weight } from "./bundle_size.ts";
import type { Growth, Layout } from "./growth.ts";
import type { RoundTrip } from "./round_trips.ts";
import type { ThroughputResult } from "./throughput.ts";

/** What a run has measured: `docs/performance.json`. A part that was not run is that of the run before. */
export interface Results {
  readonly throughput?: ThroughputResult & Made;
  readonly roundTrips?: { readonly endpoints: readonly RoundTrip[] } & Made;
  readonly growth?: {
    readonly growth: readonly Growth[];
    readonly bytes: readonly {
      readonly layout: Layout;
      readonly transfers: number;
      readonly bytes: number;
    }[];
  } & Made;
  readonly weight?: Weight & Made;
}

/** When and on what a part was measured. */
export interface Made {
  readonly date: string;
  readonly machine: string;
}
