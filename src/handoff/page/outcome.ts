import { listHistory, showTransfer, type Transfer } from "./api.ts";
import { t } from "./messages/messages.ts";
import { isMissing } from "./request.ts";

/** The state of an offer. */
export type Outcome =
  | { readonly status: "open" }
  | { readonly status: "accepted"; readonly project?: string }
  | { readonly status: "declined"; readonly reason?: string }
  | { readonly status: "deleted" | "expired" };

/** Returns the state of an offer of the project. */
export async function outcomeOf({ id, volume_id }: Pick<Transfer, "id" | "volume_id">): Promise<Outcome> {
  try {
    await showTransfer(id);
    return { status: "open" };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const { items } = await listHistory(10, { volume_id });
  const closed = items.find((transfer) => transfer.id === id);
  // The history contains an offer that has ended only after the next sweep.
  if (closed === undefined) return { status: "expired" };
  const { status, destination_project_id: project, decline_reason: reason } = closed;
  if (status === "declined") return { status, ...(reason !== null && { reason }) };
  return status === "accepted" ? { status, ...(project !== null && { project }) } : { status };
}

/** Returns a sentence about an offer that is closed. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.status) {
    case "open":
      return t.outcomes.open;
    case "accepted":
      return outcome.project === undefined ? t.outcomes.accepted : t.outcomes.acceptedBy(outcome.project);
    case "declined":
      return outcome.reason === undefined ? t.outcomes.declined : t.outcomes.declinedFor(outcome.reason);
    case "deleted":
      return t.outcomes.withdrawn;
    case "expired":
      return t.outcomes.expired;
  }
}
