import { type ClosedTransfer, listHistory, type OpenTransfer, showTransfer } from "./api.ts";
import { t } from "./messages/messages.ts";
import { isMissing } from "./request.ts";
import type { OfferId } from "./views.ts";

/** The state of an offer. */
export type Outcome =
  | { readonly status: "open"; readonly transfer: OpenTransfer }
  | { readonly status: "closed"; readonly transfer: ClosedTransfer }
  /** It is over, and not in the history: not yet, or not any more. */
  | { readonly status: "gone" };

/** How many closed offers of a volume are searched for one. */
const SEARCHED = 50;

/** Returns the state of an offer of the project. */
export async function outcomeOf({ id, volume_id }: OfferId): Promise<Outcome> {
  try {
    return { status: "open", transfer: await showTransfer(id) };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const { items } = await listHistory(SEARCHED, { volume_id });
  const transfer = items.find((each) => each.id === id);
  return transfer === undefined ? { status: "gone" } : { status: "closed", transfer };
}

/** Returns a sentence about an offer that is over. */
export function describeOutcome(outcome: Exclude<Outcome, { readonly status: "open" }>): string {
  // The history contains an offer that has ended only after the next sweep.
  if (outcome.status === "gone") return t.outcomes.expired;
  const { ended_as, destination_project_id: project, decline_reason: reason } = outcome.transfer;
  switch (ended_as) {
    case "accepted":
      return project === null ? t.outcomes.accepted : t.outcomes.acceptedBy(project);
    case "declined":
      return reason === null ? t.outcomes.declined : t.outcomes.declinedFor(reason);
    case "withdrawn":
    case "expired":
    case "replaced":
      return t.outcomes[ended_as];
  }
}
