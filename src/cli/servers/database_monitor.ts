import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../db/engine/database.ts";
import { answersReads, answersWrites } from "../../db/statements/probe.ts";
import { logEvent } from "../../http/log.ts";
import { CliError } from "../errors.ts";

/** The time between two probes, milliseconds. */
const INTERVAL_MS = 1000;
/** The time that the database has to answer a probe, milliseconds. */
export const PROBE_TIMEOUT_MS = 3000;
/** The number of failed probes after which the server is restarted. */
const MAX_FAILURES = 3;
/** The number of restarts within the window after which the service ends. */
const MAX_RESTARTS = 5;
const WINDOW_MS = 600_000;

/**
 * Probes the database with a read and a write, and restarts its server if it does not answer: sqld can hang, or lose
 * the lock of its writers so that reads work and no write ends. Never returns.
 *
 * @param db its requests time out after `PROBE_TIMEOUT_MS`
 * @param restart restarts the server
 * @param details further fields of the log lines, such as the region
 * @throws CliError if the server was restarted too often
 */
export async function monitorDatabase(
  db: Database,
  restart: () => Promise<void>,
  details: Readonly<Record<string, unknown>> = {},
): Promise<never> {
  let failures = 0;
  let restarts: number[] = [];
  for (;;) {
    // After each restart the server gets more time to recover.
    await sleep(INTERVAL_MS * 2 ** restarts.length);
    const [writesWork, readsWork] = await Promise.all([answersWrites(db), answersReads(db)]);
    if (writesWork) {
      failures = 0;
      continue;
    }
    failures++;
    logEvent("database_unresponsive", { ...details, failures, reads: readsWork ? "work" : "fail" });
    if (failures < MAX_FAILURES) continue;
    const now = Date.now();
    restarts = restarts.filter((time) => now - time < WINDOW_MS);
    if (restarts.length >= MAX_RESTARTS) {
      throw new CliError(`sqld was restarted ${MAX_RESTARTS} times in ten minutes, and hangs again.`);
    }
    logEvent("database_restart", { ...details, restarts: restarts.length + 1 });
    await restart();
    restarts.push(now);
    failures = 0;
  }
}
