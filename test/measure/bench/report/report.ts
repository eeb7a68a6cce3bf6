import { SERVICE_NAME } from "../goals.ts";
import { growthRatio } from "../growth.ts";
import { DELAY_MS } from "../remote.ts";
import type { Environment, Results } from "../results.ts";
import { bundleSizeSection } from "./bundle_size_section.ts";
import { costSection } from "./cost_section.ts";
import { facadeSection } from "./facade_section.ts";
import { goalsSection } from "./goals_section.ts";
import { formatCount, formatMs, formatTable } from "./markdown.ts";
import { profileSection } from "./profile_section.ts";
import { raceTable } from "./race_section.ts";

/** Formats the report: `performance.md`. */
export function formatReport(results: Results): string {
  const paragraphs = [
    "# Performance",
    "`npm run bench` measures the service and writes this document and [performance.json](performance.json). A ratio compares measurements of one run on one machine; an absolute figure depends on the machine. `npm run bench -- --quick` runs each part for a short time and changes no document.",
    ...goalsSection(results),
    ...throughputSection(results),
    ...serversSection(results),
    ...comparisons(results),
    ...facadeSection(results),
    ...remoteSection(results),
    ...growthSection(results),
    ...costSection(results),
    ...profileSection(results),
    ...bundleSizeSection(results),
    ...limitsSection(results),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

const measuredOn = ({ date, machine }: Environment): string => `${date}, ${machine}.`;

function throughputSection({ throughput }: Results): string[] {
  if (throughput === undefined) return [];
  return [
    "## Throughput",
    `${measuredOn(throughput)} Requests per second; in parentheses the ratio of the service to the other.`,
    "`npm run serve` as it comes: every commit on disk before its response, events on, one log line per request, into a file. *limit* is Hono on `@hono/node-server` with the statement of a show, prepared once, and the same headers (`test/measure/bench/limit_server.ts`). *serve of 2a245ba* is the last commit on `workerd` and `sqld`. They take turns on the same 1,000 transfers. Each connection shows a transfer of its own; `list` returns a page of 50 in detail; of `create and accept` and `create and delete` each of the two counts. The load shares the cores with the servers, so it writes plain sockets (`test/measure/bench/load.ts`). The times and the CPU time are those of a request to the service.",
    raceTable(throughput),
  ];
}

function serversSection({ throughput }: Results): string[] {
  if (throughput === undefined) return [];
  const rows = throughput.servers.map(({ contender, startMs, memoryMb }) => [
    contender,
    formatCount(startMs),
    formatCount(memoryMb),
  ]);
  return [
    formatTable(
      ["Server", "From its start to its first response, ms", "Memory of all processes at the height, MB"],
      rows,
    ),
  ];
}

function comparisons({ shares, pocketbase, cinder }: Results): string[] {
  return [
    ...(shares === undefined
      ? []
      : [
          "## Events and the log",
          `${measuredOn(shares)} The service, and the service without the one and the other.`,
          raceTable(shares),
        ]),
    ...(pocketbase === undefined
      ? []
      : [
          "## PocketBase",
          `${measuredOn(pocketbase)} \`npm run bench -- pocketbase\` builds PocketBase 0.36.0 from the Go module proxy: Go, with SQLite in the process, on both cores. Its records have the fields of a transfer and are readable without a token, and its list counts no total.`,
          raceTable(pocketbase),
        ]),
    ...(cinder === undefined
      ? []
      : [
          "## Cinder",
          `${measuredOn(cinder)} \`npm run bench -- cinder\` runs a real Cinder 29.0 (\`npm run cinder\`: uWSGI with four processes, MariaDB, RabbitMQ, a driver that does nothing) with the same rows and requests. A side is measured once the machine is idle: a Cinder works on its last requests for seconds. With ${formatCount(cinder.sizes[0])} open transfers:`,
          raceTable(cinder.small),
          `With ${formatCount(cinder.sizes[1])}:`,
          raceTable(cinder.large),
        ]),
  ];
}

/** How many of the slowest endpoints are shown. */
const SHOWN = 3;

function remoteSection({ remote }: Results): string[] {
  if (remote === undefined) return [];
  const slowest = remote.endpoints.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN);
  const list = slowest.map(({ endpoint, ms }) => `\`${endpoint}\` (${formatMs(ms)} ms)`);
  return [
    "## A database at a distance",
    `${measuredOn(remote)} The service with a libSQL server behind a proxy that adds ${DELAY_MS} ms to each exchange. A request takes one; concurrent requests share it. Of ${remote.endpoints.length} endpoints the slowest are ${list.join(", ")}.`,
    raceTable(remote.race),
    "On Cloudflare smart placement (`wrangler.toml`) runs the Worker near the database: a caller on another continent waits for one round trip between the continents. D1 can have read replicas: a response has the header `x-d1-bookmark`, and a client that returns it with its next request may be answered by any replica that is at least as new. Without it the primary answers, because a client that does not know bookmarks must see its own writes.",
  ];
}

function growthSection({ growth }: Results): string[] {
  if (growth === undefined) return [];
  const { sizes, operations } = growth;
  return [
    "## Growth",
    `${measuredOn(growth)} One project has all transfers, of which a tenth are open, and as many volumes. A page has 20 items. Medians of single requests, with the time of the client. That an operation reads the same number of rows at every size is a test of \`npm test\`.`,
    formatTable(
      ["Operation", ...sizes.map((size) => `ms at ${formatCount(size)}`), "Ratio"],
      operations.map((one) => [
        one.operation,
        ...one.ms.map((ms) => ms.toFixed(2)),
        growthRatio(one).toFixed(2),
      ]),
    ),
  ];
}

/** The limit of a D1 database, bytes. */
const D1_BYTES = 10e9;

function limitsSection({ throughput, growth }: Results): string[] {
  const writes = throughput?.measurements.find(
    (one) =>
      one.contender === SERVICE_NAME && one.operation === "create and accept" && one.connections === 32,
  );
  const transfers = growth?.sizes.at(-1) ?? 0;
  const limits = [
    writes &&
      `One process and its file handled ${formatCount(writes.requestsPerSecond)} creates and accepts per second by 32 connections. SQLite runs one write transaction at a time; the requests that wait commit as a group.`,
    "One D1 database runs one query at a time: 1,000 per second if each takes 1 ms. Its size is limited to 10 GB.",
    growth &&
      `${formatCount(transfers)} transfers and as many volumes take ${formatCount(growth.bytes / 1e6)} MB with the log. 10 GB therefore hold about ${Math.floor(((D1_BYTES / growth.bytes) * transfers) / 1e6)} million. Closed transfers are deleted after \`HISTORY_RETENTION_DAYS\` ([storage.md](storage.md#retention)).`,
    "To exceed the limit of writes, divide the projects into [regions](regions.md), each with a database of its own. A transfer never leaves its region.",
  ];
  return ["## Limits", limits.flatMap((limit) => (limit ? [`- ${limit}`] : [])).join("\n")];
}
