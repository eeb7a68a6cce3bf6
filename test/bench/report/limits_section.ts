import { REGION_DELAY_MS } from "../regions.ts";
import type { Results } from "../results.ts";
import { formatConnections, formatCount, type Section } from "./markdown.ts";

/** The limit of a D1 database in bytes. */
const D1_BYTES = 10e9;

/** Formats the known limits of one deployment. */
export function limitsSection({ throughput, growth, regions }: Results): Section {
  const createAndAccept = throughput?.throughput.find(
    ({ operation, connections }) => operation === "create and accept" && connections === 32,
  );
  const largest = growth?.bytes.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const limits = [
    createAndAccept === undefined
      ? []
      : `One libSQL primary handled ${formatCount(createAndAccept.service.requestsPerSecond)} creates and accepts per second by 32 connections. SQLite runs one write transaction at a time: a Worker commits the requests that wait as a group, and more Workers do not raise the limit.`,
    "One D1 database also runs one query at a time: 1,000 per second if each takes 1 ms. Its size is limited to 10 GB.",
    largest === undefined
      ? []
      : `${formatCount(largest.transfers)} transfers and as many volumes take ${formatCount(largest.bytes / 1e6)} MB, including the write-ahead log. 10 GB therefore hold about ${Math.floor(((D1_BYTES / largest.bytes) * largest.transfers) / 1e6)} million. Closed transfers are deleted after \`HISTORY_RETENTION_DAYS\` ([storage.md](storage.md#retention)).`,
    "Read replicas of libSQL, and of D1 with bookmarks, raise the limit of reads but not of writes.",
    "To exceed the limit of writes, divide the projects into [regions](regions.md), each with a database of its own. A transfer never leaves its region.",
    tenRegions(regions, createAndAccept?.service.cpuMs),
  ];
  return {
    paragraphs: [
      "## Limits",
      limits
        .flat()
        .map((limit) => `- ${limit}`)
        .join("\n"),
    ],
  };
}

/** The number of regions whose limit is stated. */
const REGIONS = 10;

/**
 * States what one deployment of ten regions carries.
 *
 * @param cpuMs the CPU time of workerd for a create or an accept
 */
function tenRegions(regions: Results["regions"], cpuMs: number | undefined): string | [] {
  const [one] = regions?.throughput ?? [];
  const largest = regions?.throughput.at(-1);
  if (regions === undefined || one === undefined || largest === undefined) return [];
  const promised = REGIONS * one.requestsPerSecond * (largest.ratio / largest.regions);
  const perCore =
    cpuMs === undefined ? "" : ` One core runs ${formatCount(1000 / cpuMs)} of them per second.`;
  return (
    `A deployment of ${REGIONS} regions carries about ${formatCount(promised)} creates and accepts per second by ` +
    `${formatConnections(regions.connections)} in each region, ${REGION_DELAY_MS} ms from their databases: ${REGIONS} times ` +
    `one region, less what was lost from 1 to ${largest.regions} regions.${perCore} On Cloudflare, D1 promises ` +
    `${REGIONS} × 10 GB and ${REGIONS} databases that each run one query at a time, and a Worker can bind about 5,000. ` +
    "The sweep of all regions is one invocation, which may send 1,000 queries to D1. Turso promises no rate: its plans limit the rows read and written in a month, and the storage."
  );
}
