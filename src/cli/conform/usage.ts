import { setTimeout as sleep } from "node:timers/promises";
import type { Caller } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import type { Session } from "./session.ts";
import { quotaSet } from "./shapes.ts";
import { NotJudged, Violation } from "./violations.ts";

const RESOURCES = ["volumes", "gigabytes", "snapshots"] as const;
const PROJECTS = ["owner", "other"] as const;

/** The usage of a project, with its reservations. */
type Usage = Readonly<Record<(typeof RESOURCES)[number], number>>;

/** The usage of both projects. */
export type UsageOfBoth = Readonly<Record<(typeof PROJECTS)[number], Usage>>;

/** Changes of the usage of both projects; 0 for what is not named. */
type Changes = Partial<Readonly<Record<(typeof PROJECTS)[number], Partial<Usage>>>>;

type Users = Pick<Session, "owner" | "other">;

/** How long the usage may take until it is exact, milliseconds: Cinder deletes in the background. */
const SETTLE_MS = 5000;
const POLL_MS = 200;

/** @throws NotJudged if the endpoint shows no usage */
async function usageOf(caller: Caller): Promise<{ readonly usage: Usage; readonly exchange: Exchange }> {
  const exchange = await caller.get(`os-quota-sets/${caller.project}?usage=True`);
  const quotas = quotaSet.safeParse(exchange.json).data?.quota_set;
  if (exchange.status !== 200 || quotas === undefined)
    throw new NotJudged(`the endpoint shows no usage: os-quota-sets got ${exchange.status}`);
  const used = (name: keyof Usage) => quotas[name].in_use + quotas[name].reserved;
  const usage = { volumes: used("volumes"), gigabytes: used("gigabytes"), snapshots: used("snapshots") };
  return { usage, exchange };
}

/**
 * Returns the usage of both projects.
 *
 * @throws NotJudged if the endpoint shows none
 */
export async function readUsage({ owner, other }: Users): Promise<UsageOfBoth> {
  return { owner: (await usageOf(owner)).usage, other: (await usageOf(other)).usage };
}

/** Returns the usage of both projects once the volumes of earlier rules are gone. */
export async function usageBefore(session: Session): Promise<UsageOfBoth> {
  await session.untilDiscarded();
  return readUsage(session);
}

/** Asserts that the usage of both projects has changed by this since it was read, and not otherwise. */
export async function expectUsage(users: Users, before: UsageOfBoth, changes: Changes = {}): Promise<void> {
  for (const name of PROJECTS) {
    const change = changes[name] ?? {};
    const wanted = format((resource) => before[name][resource] + (change[resource] ?? 0));
    const deadline = Date.now() + SETTLE_MS;
    for (;;) {
      const { usage, exchange } = await usageOf(users[name]);
      const given = format((resource) => usage[resource]);
      if (given === wanted) break;
      if (Date.now() > deadline) throw new Violation(`a usage of ${wanted}`, given, exchange);
      await sleep(POLL_MS);
    }
  }
}

const format = (amountOf: (resource: keyof Usage) => number): string =>
  RESOURCES.map((resource) => `${amountOf(resource)} ${resource}`).join(", ");
