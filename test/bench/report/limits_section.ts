import type { Results } from "../results.ts";
import { formatCount, type Section } from "./markdown.ts";

/** The limit of a D1 database in bytes. */
const D1_BYTES = 10e9;

/** Formats the known limits of one deployment. */
export function limitsSection({ throughput, growth }: Results): Section {
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
    "To exceed the limit of writes, each group of projects needs a database of its own, chosen by the project of the token. This is not implemented. A transfer between two groups would not be one transaction: both databases would need a record of the transfer, and a job would have to finish what a crash has interrupted.",
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
