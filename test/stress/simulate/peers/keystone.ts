import type { Faults } from "../faults.ts";
import type { Plan } from "../plan.ts";
import type { Random } from "../random.ts";
import type { Scheduler } from "../scheduler.ts";
import { Moods } from "./moods.ts";

export const KEYSTONE = "keystone.test";

/** Validates tokens, which have the form of those of `AUTH_STRATEGY=noauth`. */
export class Keystone {
  readonly moods: Moods<"failing" | "hanging" | "slow" | "unreachable">;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;

  constructor(scheduler: Scheduler, random: Random, plan: Plan, faults: Faults) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
    this.moods = new Moods(scheduler, random, plan, "k", ["failing", "hanging", "slow", "unreachable"]);
  }

  answer = async (request: Request): Promise<Response> => {
    const mood = this.moods.present();
    if (mood !== "well") this.#faults.happened = true;
    if (mood === "failing") return new Response(null, { status: 500 });
    if (mood === "unreachable") throw new TypeError("fetch failed");
    if (mood === "hanging") await this.#scheduler.sleep(100_000);
    if (mood === "slow") await this.#scheduler.sleep(this.#random.between(500, 4000));
    const [user, project, roles = ""] = (request.headers.get("X-Subject-Token") ?? "").split(":");
    return Response.json({
      token: {
        expires_at: new Date(this.#scheduler.now + 3_600_000).toISOString(),
        user: { id: user },
        project: { id: project },
        roles: roles.split(",").map((name) => ({ name })),
      },
    });
  };
}
