import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { NO_QUOTA } from "../../support/worker.ts";
import { durationSeconds } from "../faults/duration.ts";
import { checkHistory } from "../faults/history/checker.ts";
import type { Operation } from "../faults/history/operations.ts";
import type { Tables } from "../faults/history/tables.ts";
import { UNLIMITED_ATTEMPTS, Workload, WRITE_KINDS } from "../faults/history/workload.ts";
import { STALL_MS } from "./random_fault.ts";

/** How long the clients send requests, seconds. */
const SECONDS = durationSeconds("DEFINITE_SECONDS", 120);
/** The part of the writes that must get a definite answer. */
const GOAL = 0.999;

/** The variables of the service that is measured. */
export const VARIABLES = { AUTH_STRATEGY: "noauth", ...NO_QUOTA, ...UNLIMITED_ATTEMPTS };

/** The time that a test may take, milliseconds. */
export const TEST_MS = (SECONDS + 300) * 1000;

interface Measured {
  /** The name of the database. */
  readonly title: string;
  readonly url: string;
  readonly read: () => Promise<Tables>;
  /** Begins to inject faults, and ends it. */
  readonly begin: () => void;
  readonly end: () => void;
}

/**
 * Sends writes without an `Idempotency-Key` while the answers of the database are lost or late, and asserts that the
 * service answers them with what has happened.
 */
export async function expectDefiniteAnswers({ title, url, read, begin, end }: Measured): Promise<void> {
  const workload = new Workload({ urls: [url], clients: 20, volumes: 200, projects: 10, plain: true });
  await workload.prepare();
  const before = await read();
  begin();
  const finished = workload.run();
  await sleep(SECONDS * 1000);
  workload.stop();
  await finished;
  end();
  // Late exchanges arrive now, and must meet a fence.
  await sleep(STALL_MS.max + 5000);

  const { operations } = workload;
  const writes = operations.filter(({ kind }) => WRITE_KINDS.some((write) => write === kind));
  const doubtful = writes.filter(({ outcome }) => outcome === "unknown");
  console.log(formatRow(title, writes, doubtful));
  expect(checkHistory(before, operations, await read())).toEqual([]);
  expect(1 - doubtful.length / writes.length).toBeGreaterThanOrEqual(GOAL);
  expect(operations.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
}

/** Formats the results as a row of the table in docs/reliability.md. */
function formatRow(title: string, writes: readonly Operation[], doubtful: readonly Operation[]): string {
  const nothing = writes.filter(({ outcome, status }) => outcome === "fail" && status === 503).length;
  const share = (100 * (1 - doubtful.length / writes.length)).toFixed(2);
  return `| ${title} | ${writes.length} | ${nothing} | ${doubtful.length} | ${share} % |`;
}
