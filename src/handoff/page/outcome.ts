import { ApiError, listHistory, showTransfer, showVolume, type Transfer } from "./api.ts";

/** What has become of an offer. */
export type Outcome =
  | { readonly status: "open" }
  | { readonly status: "accepted"; readonly project?: string }
  | { readonly status: "deleted" | "expired" | "closed" };

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** Returns what has become of an offer, from the history if the service has one, else from where the volume is. */
export async function outcomeOf({ id, volume_id }: Pick<Transfer, "id" | "volume_id">): Promise<Outcome> {
  try {
    await showTransfer(id);
    return { status: "open" };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const closed = (await listHistory(10, { volume_id }))?.items.find((transfer) => transfer.id === id);
  if (closed !== undefined) {
    const { status, destination_project_id: project } = closed;
    return status === "accepted" ? { status, ...(project !== null && { project }) } : { status };
  }
  try {
    await showVolume(volume_id);
    return { status: "closed" };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { status: "accepted" };
  }
}

/** Returns a sentence about an offer that is closed. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.status) {
    case "open":
      return "Nobody has accepted yet.";
    case "accepted":
      return outcome.project === undefined
        ? "Accepted: the volume has a new owner."
        : `Accepted by project ${outcome.project}: the volume is theirs now.`;
    case "deleted":
      return "Withdrawn: the volume is yours again.";
    case "expired":
      return "Ended: nobody accepted in time, and the volume is yours again.";
    case "closed":
      return "Closed: the offer was withdrawn or has ended, and the volume is in your project.";
  }
}
