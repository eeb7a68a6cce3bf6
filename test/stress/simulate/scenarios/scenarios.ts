import type { Plan } from "../plan.ts";
import { Random } from "../random.ts";
import type { World } from "../world.ts";
import { churn } from "./churn.ts";
import { guesses } from "./guesses.ts";
import { quotas } from "./quotas.ts";
import { repeatedCreates } from "./repeated_creates.ts";
import type { Scenario } from "./scenario.ts";
import { statuses } from "./statuses.ts";

const SCENARIOS: Readonly<Record<string, Scenario>> = { guesses, repeatedCreates, quotas, churn, statuses };

/** The part of the simulations that has a scenario. */
const PART = 0.35;

/** Plays some of the scenarios, at once. */
export async function playScenarios(
  plan: Plan,
  { profile, scheduler, faults, failures }: World,
  volumes: readonly string[],
): Promise<void> {
  await Promise.all(
    Object.entries(SCENARIOS).map(async ([name, play]) => {
      const random = new Random(`${plan.seed} ${name}`);
      if (!random.chance(PART) || !plan.includes(name)) return;
      await scheduler.sleep(random.between(0, 2000));
      await play({
        profile,
        random,
        scheduler,
        volumes,
        isFaultless: () => !faults.happened,
        fail: (violation) => failures.push(violation),
      });
    }),
  );
}
