import type { Plan } from "../plan.ts";
import type { Random } from "../random.ts";
import type { Scheduler } from "../scheduler.ts";
import { Moods } from "./moods.ts";

/** A webhook that arrived. */
interface Received {
  /** The `seq` of its event. */
  readonly seq: number;
  readonly volume: string;
  readonly body: string;
  /** Whether the receiver has taken it; the sender may have been told otherwise. */
  readonly taken: boolean;
}

export const RECEIVER = "receiver.test";

/** Receives webhooks. */
export class Receiver {
  /** What arrived, in order. */
  readonly received: Received[] = [];
  readonly moods: Moods<"failing" | "hanging" | "slow" | "losing answers">;
  readonly #scheduler: Scheduler;
  readonly #random: Random;

  constructor(scheduler: Scheduler, random: Random, plan: Plan) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.moods = new Moods(scheduler, random, plan, "r", ["failing", "hanging", "slow", "losing answers"]);
  }

  answer = async (request: Request): Promise<Response> => {
    const mood = this.moods.present();
    const body = await request.text();
    const [seq = ""] = (request.headers.get("webhook-id") ?? "").split("-");
    // The bodies of this service have one.
    const { subject } = JSON.parse(body) as { readonly subject: string };
    const taken = mood !== "failing" && mood !== "hanging";
    this.received.push({ seq: Number(seq), volume: subject, body, taken });
    if (mood === "failing") return new Response(null, { status: 500 });
    if (mood === "losing answers") throw new TypeError("fetch failed");
    if (mood === "hanging") await this.#scheduler.sleep(100_000);
    if (mood === "slow") await this.#scheduler.sleep(this.#random.between(500, 9000));
    return new Response(null, { status: 204 });
  };
}
