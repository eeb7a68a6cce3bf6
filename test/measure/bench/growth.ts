import { statSync } from "node:fs";
import { median } from "../../support/statistics.ts";
import { type Scene, type Service, startService } from "./contenders.ts";
import { fillDatabase } from "./dataset.ts";
import { growthOperations, REPORTED_OPERATIONS } from "./growth_operations.ts";

/** The time of an operation on databases of several sizes. */
export interface Growth {
  readonly operation: string;
  /** The medians in milliseconds, in the order of the sizes. */
  readonly ms: readonly number[];
}

/** Returns the time on the largest database, relative to the smallest. */
export const growthRatio = ({ ms }: Growth): number => (ms.at(-1) ?? Number.NaN) / (ms.at(0) ?? Number.NaN);

export interface GrowthResult {
  /** The numbers of transfers, in ascending order. */
  readonly sizes: readonly number[];
  readonly operations: readonly Growth[];
  /** The size of the largest database with its log. */
  readonly bytes: number;
}

export interface GrowthSettings {
  readonly sizes: readonly number[];
  /** How often each operation is measured. */
  readonly repeats: number;
}

/** Measures operations on databases of several sizes, in turns, so that other load on the machine affects all alike. */
export async function measureGrowth(
  scene: Scene,
  { sizes, repeats }: GrowthSettings,
  log: (line: string) => void,
): Promise<GrowthResult> {
  const services: Service[] = [];
  for (const transfers of sizes) {
    const options = { transfers, openOneIn: 10, owned: transfers };
    log(`growth: ${transfers} transfers`);
    services.push(await startService(scene, { fill: (url) => fillDatabase(url, options) }));
  }
  const times = services.map(() => new Map<string, number[]>(REPORTED_OPERATIONS.map((name) => [name, []])));
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const [i, { url }] of services.entries()) {
      for (const [operation, send] of growthOperations(url)) {
        const started = performance.now();
        await send();
        // The first time warms up.
        if (repeat > 0) times[i]?.get(operation)?.push(performance.now() - started);
      }
    }
  }
  const file = services.at(-1)?.file ?? "";
  return {
    sizes,
    operations: REPORTED_OPERATIONS.map((operation) => ({
      operation,
      ms: times.map((bySize) => median(bySize.get(operation) ?? [])),
    })),
    bytes: statSync(file).size + statSync(`${file}-wal`).size,
  };
}
