import { SERVICE_NAME } from "../goals.ts";
import type { Measurement, Race } from "../race.ts";
import { formatCount, formatMs, formatRatio, formatTable } from "./markdown.ts";

/** Formats the throughput of contenders side by side. */
export function raceTable({ measurements }: Pick<Race, "measurements">): string {
  const names = [...new Set(measurements.map(({ contender }) => contender))];
  const others = names.filter((name) => name !== SERVICE_NAME);
  const isSame = (a: Measurement, b: Measurement) =>
    a.operation === b.operation && a.connections === b.connections;
  const rows = measurements
    .filter(({ contender }) => contender === SERVICE_NAME)
    .map((own) => {
      const rates = others.map(
        (name) => measurements.find((one) => one.contender === name && isSame(one, own))?.requestsPerSecond,
      );
      return [
        own.operation,
        String(own.connections),
        formatCount(own.requestsPerSecond),
        ...rates.map((rate) =>
          rate === undefined ? "" : `${formatCount(rate)} (${formatRatio(own.requestsPerSecond / rate)})`,
        ),
        formatMs(own.p50),
        formatMs(own.p99),
        own.cpuMs.toFixed(2),
      ];
    });
  const times = ["p50, ms", "p99, ms", "CPU, ms"];
  return formatTable(["Operation", "Connections", SERVICE_NAME, ...others, ...times], rows);
}
