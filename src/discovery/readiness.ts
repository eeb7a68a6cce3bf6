import { type Config, perConfig } from "../config/config.ts";
import { probeDatabase } from "../db/statements/probe.ts";
import type { RequestContext } from "../http/context.ts";
import { serviceUnavailable } from "../http/faults.ts";
import { createRouter } from "../http/router.ts";

/** The time that Keystone and Cinder have to answer, milliseconds. */
const TIMEOUT_MS = 1000;
/** The time for which a result is valid, milliseconds, so that probes cannot overload either. */
const VALID_MS = 1000;

interface Probe {
  readonly begun: number;
  /** The names of those that do not answer. */
  readonly away: Promise<string[]>;
}
const lastProbe = perConfig((_: Config): { probe?: Probe } => ({}));

/** Whether a region that stands in front of a Cinder can serve. */
export const readinessInCinder = createRouter().get("/readyz", async (c) => {
  const away = await findAway(c.var);
  if (away.length === 0) return c.text("OK");
  throw serviceUnavailable(`Not answering in time: ${away.join(", ")}.`);
});

/**
 * Returns the names of those that do not answer in time, of Keystone, Cinder and the database. Requests within a second
 * share a probe.
 */
async function findAway({ config, db }: Pick<RequestContext, "config" | "db">): Promise<string[]> {
  const now = Date.now();
  const last = lastProbe(config);
  if (last.probe === undefined || now - last.probe.begun > VALID_MS)
    last.probe = { begun: now, away: probeServices(config) };
  const [services, database] = await Promise.all([
    // The request that began the probe can be cancelled, and its promise then never settles.
    Promise.race([last.probe.away, late(["Keystone", "Cinder"])]),
    probeDatabase(db, config),
  ]);
  return [...services, ...(database ? [] : ["the database"])];
}

async function probeServices({ identity, cinder }: Config): Promise<string[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const requests: Record<string, Promise<Response> | undefined> = {
    Keystone: identity.strategy === "keystone" ? fetch(`${identity.url}/v3`, { signal }) : undefined,
    Cinder: cinder?.fetch(`${cinder.url}/`, { signal, redirect: "manual" }, undefined),
  };
  const away = Object.entries(requests).map(async ([name, request]) =>
    request === undefined || (await answers(request)) ? [] : [name],
  );
  return (await Promise.all(away)).flat();
}

/** Returns whether a server responds without an error of its own. */
async function answers(request: Promise<Response>): Promise<boolean> {
  try {
    const { status, body } = await request;
    await body?.cancel();
    return status < 500;
  } catch {
    return false;
  }
}

/** Settles after the probe of services that answer in time. */
const late = (names: string[]): Promise<string[]> =>
  new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS + 100, names));
