import { addedMs } from "../facade_race.ts";
import { CINDER_NAME, SERVICE_NAME } from "../goals.ts";
import type { Results } from "../results.ts";
import { formatMs, formatTable } from "./markdown.ts";
import { raceTable } from "./race_section.ts";

/** Formats what the service costs in front of a Cinder. */
export function facadeSection({ facade }: Results): string[] {
  if (facade === undefined) return [];
  const { overheads, race, date, machine } = facade;
  const handovers = (name: string) =>
    race.measurements
      .filter(({ contender, operation }) => contender === name && operation === "create and accept")
      // Each of the two counts.
      .map(({ requestsPerSecond }) => (requestsPerSecond / 2).toFixed(1))
      .join(", ");
  return [
    "## In front of a Cinder",
    `${date}, ${machine}. \`npm run bench -- facade\` measures a real Cinder 29.0 with the service in front of it, and the same Cinder alone. The request that passes is the \`GET\` of a volume. With pauses between the requests, so that Cinder has no queue:`,
    formatTable(
      [
        "Connections",
        "Cinder alone, p50, ms",
        "Through the service",
        "More",
        "p99 alone",
        "Through the service",
      ],
      overheads.map(({ connections, ...overhead }) => [
        String(connections),
        formatMs(overhead.alone.p50),
        formatMs(overhead.passed.p50),
        addedMs({ connections, ...overhead }).toFixed(2),
        formatMs(overhead.alone.p99),
        formatMs(overhead.passed.p99),
      ]),
    ),
    `Without pauses. Cinder then needs both cores, and the service shares them; \`CPU\` is that of the service alone. Handovers per second, with ${race.measurements
      .filter(({ contender, operation }) => contender === SERVICE_NAME && operation === "create and accept")
      .map(({ connections }) => connections)
      .join(
        ", ",
      )} connections: ${handovers(SERVICE_NAME)}; with Cinder alone ${handovers(CINDER_NAME)}. The service reads the volume and its snapshots for each create, for the preview.`,
    raceTable(race),
  ];
}
