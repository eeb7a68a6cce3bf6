import type { Race } from "../cinder_race.ts";
import { CINDER_GOALS } from "../goals.ts";
import type { Results } from "../results.ts";
import { formatCount, formatGoal, formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Formats the comparison with a real Cinder. */
export function cinderSection({ cinder }: Results): Section {
  if (cinder === undefined) return NO_SECTION;
  const { races, date, machine } = cinder;
  return {
    paragraphs: [
      "## Compared with Cinder",
      `${date}, ${machine}.`,
      "`npm run bench -- cinder` runs the service and a real Cinder 29.0 (`npm run cinder`: the API on uWSGI with four processes, MariaDB, RabbitMQ, a driver that does nothing) in turns, with the same rows and the same requests. In `create and accept` and `create and delete` each of the two counts as a request. It needs Debian 12 and root, and is not part of `npm run bench`.",
      "A side is measured once the machine is idle: a Cinder works on its last requests for seconds. Client, service and databases share the cores, so a ratio varies from run to run. With 8 connections the groups are small: the statements of a write, whose compilation is the largest part of its cost in `sqld` ([profile](#profile-of-a-create-and-an-accept)), are shared by few requests, and the first of a group is sent alone.",
      formatTable(
        ["Operation", "Open transfers", "Connections", "Requests/s", "Cinder, requests/s", "Ratio", "Goal"],
        races.map(formatRace),
      ),
    ],
  };
}

function formatRace({ operation, transfers, connections, service, cinder, ratio }: Race): string[] {
  const goal = CINDER_GOALS.find(
    (one) => one.operation === operation && one.connections === connections && one.transfers === transfers,
  );
  return [
    operation,
    formatCount(transfers),
    String(connections),
    formatCount(service),
    formatCount(cinder),
    ratio.toFixed(1),
    goal === undefined ? "" : `≥ ${goal.ratio}: ${formatGoal(ratio >= goal.ratio)}`,
  ];
}
