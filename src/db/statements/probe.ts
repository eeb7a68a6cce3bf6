import { eq } from "drizzle-orm";
import { type Config, perConfig } from "../../config/config.ts";
import type { Database } from "../engine/database.ts";
import { settings } from "../schema/index.ts";
import { batch, queryBuilder } from "./batch.ts";

/** The time that the database has to answer a probe, milliseconds. */
const TIMEOUT_MS = 1000;
/** The time for which a result is valid, milliseconds, so that probes cannot overload the database. */
const VALID_MS = 1000;

interface Probe {
  readonly begun: number;
  readonly ready: Promise<boolean>;
}
const lastProbe = perConfig((_: Config): { probe?: Probe } => ({}));

/** A read, and a write that changes no row but takes the write lock. */
const statements = batch({
  read: queryBuilder.select().from(settings).limit(1),
  write: queryBuilder.update(settings).set({ value: "" }).where(eq(settings.name, "")),
});

/**
 * Returns whether the database answers a read and a write in time. Requests within a second share a probe.
 *
 * @throws nothing; an error of the database is a false
 */
export function probeDatabase(db: Database, config: Config): Promise<boolean> {
  const now = Date.now();
  const last = lastProbe(config);
  if (last.probe === undefined || now - last.probe.begun > VALID_MS) {
    const answer = db.write(statements).then(
      () => true,
      () => false,
    );
    last.probe = { begun: now, ready: answer };
  }
  // The request that began the probe can be cancelled, and its promise then never settles.
  return Promise.race([last.probe.ready, timeout()]);
}

const timeout = (): Promise<false> =>
  new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS, false as const));
