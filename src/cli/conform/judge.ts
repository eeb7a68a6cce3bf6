import { curlCommand } from "./exchange.ts";
import type { Rule } from "./rule.ts";
import { acceptRules } from "./rules/accept.ts";
import { adminRules } from "./rules/admin.ts";
import { authKeyRules } from "./rules/auth_key.ts";
import { createRules } from "./rules/create.ts";
import { discoveryRules } from "./rules/discovery.ts";
import { fieldRules } from "./rules/fields.ts";
import { listRules } from "./rules/list.ts";
import { quotaRules } from "./rules/quota.ts";
import { raceRules } from "./rules/races.ts";
import { showAndDeleteRules } from "./rules/show_and_delete.ts";
import { NEEDS_ADMIN, type Session } from "./session.ts";
import { NotJudged, Violation } from "./violations.ts";

/** All rules, in the order in which they are tried. Those of lists keep transfers open, and are the last. */
const RULES: readonly Rule[] = [
  ...discoveryRules,
  ...createRules,
  ...showAndDeleteRules,
  ...acceptRules,
  ...authKeyRules,
  ...fieldRules,
  ...adminRules,
  ...quotaRules,
  ...raceRules,
  ...listRules,
];

/** How long a run may begin with further rules, milliseconds: with the rest it ends within five minutes. */
const BUDGET_MS = 225_000;
/** The minor number of the microversion that brought `volume-transfers`. */
const TRANSFER_WITH_SNAPSHOTS = 55;

/** The finding of a run about a rule. */
export type Verdict = { readonly rule: Rule; readonly seconds: number } & (
  | { readonly outcome: "passed" }
  | { readonly outcome: "skipped"; readonly reason: string }
  | {
      readonly outcome: "failed";
      readonly expected: string;
      readonly got: string;
      /** A command that repeats the request; undefined if no single one shows it. */
      readonly request: string | undefined;
    }
);

/**
 * Tries the rules one after another.
 *
 * @param only tries only the rules whose id contains this text
 */
export async function* judge(session: Session, only: string): AsyncGenerator<Verdict> {
  const deadline = Date.now() + BUDGET_MS;
  for (const rule of RULES.filter(({ id }) => id.includes(only))) {
    const started = performance.now();
    const reason = Date.now() > deadline ? "the time is over" : unfit(rule, session);
    const result =
      reason === undefined ? await tryRule(rule, session) : ({ outcome: "skipped", reason } as const);
    yield { rule, seconds: (performance.now() - started) / 1000, ...result };
  }
}

/** Returns why a rule cannot be tried; undefined if it can. */
function unfit({ since = TRANSFER_WITH_SNAPSHOTS, asAdmin }: Rule, session: Session): string | undefined {
  if (asAdmin && session.admin === undefined) return NEEDS_ADMIN;
  if (since > session.newest) return `it needs microversion 3.${since}`;
  return undefined;
}

async function tryRule(rule: Rule, session: Session) {
  try {
    await rule.check(session);
    return { outcome: "passed" } as const;
  } catch (error) {
    if (error instanceof NotJudged) return { outcome: "skipped", reason: error.message } as const;
    if (!(error instanceof Violation)) throw error;
    const { expected, got, exchange } = error;
    return { outcome: "failed", expected, got, request: exchange && curlCommand(exchange) } as const;
  } finally {
    await session.settle();
  }
}
