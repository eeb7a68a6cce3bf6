import { KEYSTONE } from "./peers/keystone.ts";
import { RECEIVER } from "./peers/receiver.ts";
import type { Random } from "./random.ts";

export const DAY_MS = 86_400_000;
/** How long events are kept, and retried, milliseconds. */
export const RETENTION_MS = 2 * DAY_MS;
/** A day of 2027, milliseconds since the epoch. */
const DAY = 20_900 * DAY_MS;

/** The secret that webhooks are signed with. */
export const WEBHOOK_SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzaW11bGF0ZWQgcmVjZWl2ZXI=";

/** The secrets that instances may have. */
export const SECRETS = {
  first: "the first secret of the simulated service",
  second: "the second secret of the simulated service",
  other: "a secret of another service, by mistake",
};

const VARIABLES = {
  VOLUMES_PER_MINUTE: "0",
  QUOTA_VOLUMES: "-1",
  QUOTA_GIGABYTES: "-1",
  QUOTA_SNAPSHOTS: "-1",
  WEBHOOK_URLS: `http://${RECEIVER}/events`,
  WEBHOOK_SECRET,
};

type Variables = Readonly<Record<string, string>>;

/** What the instances of a simulation have in common, and how they are configured. */
export class Profile {
  /** Whether there is one instance, with the database in its process, as in `npm run serve`. Otherwise it is D1. */
  readonly isEmbedded: boolean;
  /** The number of instances at once. */
  readonly instances: number;
  /** Milliseconds since the epoch. */
  readonly beginsAt: number;
  /** The number of failed attempts after which a project is shut out, and after which all are; undefined for none. */
  readonly attempts: { readonly ofProject: number; readonly ofAll: number } | undefined;
  /** The number of transfers and keys that a project may make in a minute; 0 for no limit. */
  readonly transfersPerMinute: number;
  /** Whether the job of each minute does not run for a day, after which old events are deleted. */
  readonly pauses: boolean;
  /** The secrets that an instance may be born with. */
  readonly #secrets: readonly Variables[];
  readonly #databaseTimeoutMs: number;
  readonly #identity: Variables;

  constructor(random: Random) {
    this.isEmbedded = random.chance(0.2);
    this.instances = this.isEmbedded ? 1 : random.between(1, 3);
    // Some begin right before midnight, when the ids of an Idempotency-Key change.
    this.beginsAt = DAY + (random.chance(0.2) ? DAY_MS - 1000 : random.between(0, DAY_MS));
    const ofProject = random.between(2, 4);
    this.attempts = random.chance(0.3) ? { ofProject, ofAll: ofProject + random.between(1, 3) } : undefined;
    this.transfersPerMinute = random.chance(0.2) ? random.between(2, 5) : 0;
    this.pauses = random.chance(0.3);
    const before = { AUTH_KEY_SECRET: SECRETS.first };
    const after = { AUTH_KEY_SECRET: SECRETS.second, AUTH_KEY_SECRET_PREVIOUS: SECRETS.first };
    const wrong = { AUTH_KEY_SECRET: SECRETS.other };
    this.#secrets = random.pick([[before], [before], [before], [before, after], [before, before, wrong]]);
    this.#identity = random.chance(0.3)
      ? {
          AUTH_STRATEGY: "keystone",
          KEYSTONE_URL: `http://${KEYSTONE}`,
          TOKEN_CACHE_SECONDS: random.pick(["0", "5"]),
        }
      : { AUTH_STRATEGY: "noauth" };
    this.#databaseTimeoutMs = random.pick([5000, 5000, 2000, 15_000]);
  }

  /** Whether all instances have a secret under which all keys are right. */
  get hasOneSecret(): boolean {
    return this.#secrets.length === 1;
  }

  /** Returns the variables of a new instance. */
  variables(random: Random): Variables {
    return {
      ...VARIABLES,
      ...this.#identity,
      ...random.pick(this.#secrets),
      DATABASE_TIMEOUT_MS: String(this.#databaseTimeoutMs),
      MAX_ACCEPT_ATTEMPTS: String(this.attempts?.ofProject ?? 999_999),
      MAX_ACCEPT_ATTEMPTS_TOTAL: String(this.attempts?.ofAll ?? 1_000_000),
      TRANSFERS_PER_MINUTE: String(this.transfersPerMinute),
      MAX_REQUESTS_IN_FLIGHT: random.chance(0.2) ? "3" : "256",
      EVENT_RETENTION_DAYS: String(RETENTION_MS / DAY_MS),
      WEBHOOK_RETRY_HOURS: String(RETENTION_MS / 3_600_000),
    };
  }
}
