/** A request about one open transfer that is for the recipient's project, or its expiry. */
export type Act =
  | { readonly kind: "accept" | "preview"; readonly withKey: boolean }
  | { readonly kind: "decline" | "rekey" | "delete" }
  | { readonly kind: "expiry" };

/** The state of the transfer. */
interface State {
  /** How it ended; undefined while it is open. */
  readonly end: "accepted" | "declined" | "withdrawn" | "expired" | undefined;
  /** Whether the first key is still right. */
  readonly keyIsRight: boolean;
  /** Whether the recipient has previewed it. */
  readonly previewed: boolean;
  /** The types of its events, without their prefixes. */
  readonly events: readonly string[];
}

/** The clients' observations: the status of each act's response, and the state afterwards. */
export interface Observed {
  /** 0 for the expiry. */
  readonly statuses: readonly number[];
  readonly after: State;
}

const ACCEPTED = 202;

/** Returns the status of the response to an act in a state, and the state after it. */
function perform(act: Act, state: State, keyless: boolean): readonly [status: number, after: State] {
  const close = (end: NonNullable<State["end"]>, event: string): State => ({
    ...state,
    end,
    events: [...state.events, event],
  });
  if (act.kind === "expiry") return [0, state.end === undefined ? close("expired", "expired") : state];
  if (state.end !== undefined) return [404, state];
  switch (act.kind) {
    case "delete":
      return [ACCEPTED, close("withdrawn", "deleted")];
    case "decline":
      return [ACCEPTED, close("declined", "declined")];
    case "rekey":
      return [ACCEPTED, { ...state, keyIsRight: false, events: [...state.events, "rekeyed"] }];
    case "accept":
    case "preview":
      if (!keyless && !(act.withKey && state.keyIsRight)) return [400, state];
      return act.kind === "accept"
        ? [ACCEPTED, close("accepted", "accepted")]
        : [200, { ...state, previewed: true }];
  }
}

/**
 * Returns whether some order of the acts explains what the clients have seen.
 *
 * @param keyless whether the recipient needs no key
 */
export function isExplained(acts: readonly Act[], keyless: boolean, { statuses, after }: Observed): boolean {
  const search = (left: readonly number[], state: State): boolean => {
    if (left.length === 0) return JSON.stringify(state) === JSON.stringify(after);
    return left.some((index) => {
      const act = acts[index];
      if (act === undefined) return false;
      const rest = left.filter((other) => other !== index);
      const [status, next] = perform(act, state, keyless);
      // A transfer can expire between the statement of a preview that writes the receipt and those that read.
      const expires = status === 200 && rest.some((other) => acts[other]?.kind === "expiry");
      return (status === statuses[index] || (expires && statuses[index] === 404)) && search(rest, next);
    });
  };
  const open: State = { end: undefined, keyIsRight: true, previewed: false, events: ["created"] };
  return search([...acts.keys()], open);
}
