import { UNKNOWN_ID } from "../../../support/client.ts";
import { addressOf } from "../network.ts";
import { clientOf } from "../scenarios/scenario.ts";
import type { World } from "../world.ts";

/** The time in which an idle instance answers, milliseconds. */
const PROMPT_MS = 400;

/**
 * Sends requests to each instance, as many at once as it takes when no slot and no exchange is left taken.
 *
 * @returns the requests that it refused, or answered late
 */
export async function probe({ instances, scheduler }: World): Promise<string[]> {
  const violations: string[] = [];
  const run = async () => {
    for (const { scope } of instances) {
      const client = clientOf("alpha", "member", addressOf(scope));
      const begin = scheduler.now;
      const answers = await Promise.all([
        client.get("volumes"),
        client.accept({ id: UNKNOWN_ID, auth_key: "" }),
        client.delete(`volume-transfers/${UNKNOWN_ID}`),
      ]);
      const statuses = answers.map(({ status }) => status);
      if (statuses.some((status) => status === 0 || status >= 500))
        violations.push(`probe: ${scope.name} answers ${statuses.join(", ")}`);
      if (scheduler.now - begin > PROMPT_MS)
        violations.push(`probe: ${scope.name} took ${scheduler.now - begin} ms`);
    }
  };
  let isDone = false;
  void run().finally(() => {
    isDone = true;
  });
  await scheduler.run(() => isDone, scheduler.now + 60_000);
  return violations;
}
