import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { bodies } from "./attacks/bodies.ts";
import { connections } from "./attacks/connections.ts";
import { events } from "./attacks/events.ts";
import { input } from "./attacks/input.ts";
import { keys } from "./attacks/keys.ts";
import { operator } from "./attacks/operator.ts";
import { page } from "./attacks/page.ts";
import { reads } from "./attacks/reads.ts";
import { tokens } from "./attacks/tokens.ts";
import { withInnocent } from "./innocent.ts";
import { type Outcome, writeReport } from "./report.ts";
import { startD1, startServe, type Victim } from "./service.ts";
import type { Attack } from "./target.ts";

const ATTACKS: readonly Attack[] = [
  ...bodies,
  ...connections,
  ...reads,
  ...tokens,
  ...keys,
  ...events,
  ...page,
  ...input,
  ...operator,
];

/** The longest time of an attack, milliseconds. One that hangs does not stop those after it. */
const MAX_MS = 90_000;

/**
 * Attacks the service. Each attack gets a service of its own, except on D1, and an innocent client beside it. Only the
 * loopback interface is used.
 *
 * @param text runs only the attacks whose name contains it; empty for all
 * @param options.d1 attacks `npm run dev` with D1
 * @throws CliError if an attack has succeeded, or the innocent client noticed one
 */
export async function attackService(
  _processes: Processes,
  text: string,
  { d1: onD1 }: { readonly d1?: true },
): Promise<void> {
  const selected = ATTACKS.filter(({ name, d1 }) => name.includes(text) && (d1 || !onD1));
  if (selected.length === 0) throw new CliError(`no attack has ${text} in its name.`);
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-attack-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outcomes: Outcome[] = [];
  // `npm run dev` takes some seconds: one serves all attacks.
  const shared = onD1 ? await startD1(path.join(folder, "d1")) : undefined;
  try {
    for (const attack of selected) {
      const outcome = await (shared === undefined ? attackServe(attack) : runAttack(attack, shared));
      outcomes.push(outcome);
      console.log(JSON.stringify(outcome));
    }
  } finally {
    await shared?.stop();
  }
  const failed = writeReport(outcomes, { database: onD1 ? "D1" : "serve", documented: text === "" });
  if (failed.length > 0) throw new CliError(`these attacks have succeeded: ${failed.join(", ")}.`);
}

/** Attacks a service of its own. */
async function attackServe(attack: Attack): Promise<Outcome> {
  const victim = await startServe(attack);
  try {
    return await runAttack(attack, victim);
  } finally {
    await victim.stop();
  }
}

async function runAttack(attack: Attack, victim: Victim): Promise<Outcome> {
  const { name, before } = attack;
  const describeFailure = (error: unknown) => ({
    after: error instanceof Error ? error.message : String(error),
    failed: true,
  });
  const work = () =>
    Promise.race([
      attack.run(victim).then((after) => ({ after, failed: false })),
      sleep(MAX_MS, undefined, { ref: false }).then((): never => {
        throw new Error("it does not end");
      }),
    ]).catch(describeFailure);
  try {
    const { result, experience } = await withInnocent(victim.url, victim.innocent, work);
    return { name, before, ...result, ...experience, megabytes: victim.peakMegabytes() };
  } catch (error) {
    return {
      name,
      before,
      ...describeFailure(error),
      requests: 0,
      failures: 0,
      p99: 0,
      longest: 0,
      megabytes: undefined,
    };
  }
}
