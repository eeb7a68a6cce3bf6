import type { Accepting, Deleting, Offering, Operation, TransferRow, Violation } from "./operations.ts";

/** What a volume is in between two steps. */
export interface State {
  readonly owner: string;
  /** The id of its open offer. */
  readonly open: string | undefined;
  /** The accepts that have led here. */
  readonly accepted: ReadonlySet<string>;
}

/** A change that the tables show, and the request that made it. */
export interface Step {
  readonly by: Offering | Accepting | Deleting;
  readonly after: State;
}

interface Steps {
  readonly steps: readonly Step[];
  readonly violations: readonly Violation[];
}

/**
 * What has happened to a volume, in order: one offer of it is closed before the next is made, so that the transfers
 * tell of each change.
 *
 * @param initial the volume before the first
 * @param rows its transfers, in the order of `seq`
 * @param operations the requests about it
 */
export function stepsOf(
  initial: State,
  rows: readonly TransferRow[],
  operations: readonly Operation[],
): Steps {
  const violations: Violation[] = [];
  const steps: Step[] = [];
  let state = initial;
  const step = (by: Step["by"] | undefined, after: State, what: string): void => {
    if (by === undefined) violations.push({ kind: "nobody asked for it", detail: what });
    else if (by.outcome === "refused") violations.push({ kind: "refused, and took effect", detail: what });
    else steps.push({ by, after });
    state = after;
  };
  for (const row of rows) {
    const offered = { owner: row.source_project_id, open: row.id, accepted: state.accepted };
    step(offerOf(row, operations), offered, `offer ${row.id} (${row.display_name})`);
    if (!row.deleted) continue;
    if (row.accepted) {
      const accepted = new Set([...state.accepted, row.id]);
      const after = { owner: row.destination_project_id ?? "", open: undefined, accepted };
      step(acceptOf(row, operations), after, `accept of ${row.id} by ${row.destination_project_id}`);
    } else {
      step(deleteOf(row, operations), { ...state, open: undefined }, `deletion of ${row.id}`);
    }
  }
  return { steps, violations: [...violations, ...acknowledgedInVain(rows, operations)] };
}

const offerOf = (row: TransferRow, operations: readonly Operation[]): Offering | undefined =>
  operations.find(
    (o): o is Offering =>
      o.kind === "offer" && o.name === row.display_name && o.project === row.source_project_id,
  );

/** Of those that nobody knows the outcome of, the first to be sent: it explains whatever a later one does. */
const acceptOf = (row: TransferRow, operations: readonly Operation[]): Accepting | undefined => {
  const accepts = operations.filter(
    (o): o is Accepting =>
      o.kind === "accept" && o.transfer === row.id && o.project === row.destination_project_id,
  );
  return (
    accepts.find(({ request }) => request !== undefined && request === row.closed_by_request) ??
    firstSent(
      accepts.filter((o) => o.outcome === "unknown" && (o.idempotencyKey ?? null) === row.idempotency_key),
    )
  );
};

const deleteOf = (row: TransferRow, operations: readonly Operation[]): Deleting | undefined => {
  const deletions = operations.filter(
    (o): o is Deleting => o.kind === "delete" && o.transfer === row.id && o.project === row.source_project_id,
  );
  return (
    deletions.find(({ request }) => request !== undefined && request === row.closed_by_request) ??
    // A Worker before migration 0002 does not say which request it was.
    firstSent(deletions.filter(({ outcome }) => outcome === "done" && row.closed_by_request === null)) ??
    firstSent(deletions.filter(({ outcome }) => outcome === "unknown"))
  );
};

const firstSent = <O extends Operation>(operations: readonly O[]): O | undefined =>
  operations.toSorted((a, b) => a.invoked - b.invoked)[0];

/** Requests that were acknowledged, and whose effect is not in the tables, or is another's. */
function acknowledgedInVain(rows: readonly TransferRow[], operations: readonly Operation[]): Violation[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const violations: Violation[] = [];
  for (const operation of operations) {
    if (operation.outcome !== "done" || !("transfer" in operation) || operation.kind === "read offer")
      continue;
    const row = operation.transfer === undefined ? undefined : byId.get(operation.transfer);
    const kind = inVain(operation, row, operations);
    if (kind !== undefined) violations.push({ kind, detail: inWords(operation) });
  }
  for (const [name, made] of Map.groupBy(rows, (row) => row.display_name)) {
    if (made.length > 1) {
      violations.push({ kind: "doubled offer", detail: `${name}: ${made.map(({ id }) => id).join(", ")}` });
    }
  }
  return violations;
}

function inVain(
  operation: Offering | Accepting | Deleting,
  row: TransferRow | undefined,
  operations: readonly Operation[],
): Violation["kind"] | undefined {
  switch (operation.kind) {
    case "offer":
      return row?.display_name === operation.name ? undefined : "lost offer";
    case "accept": {
      if (row?.accepted !== true) return "lost accept";
      const again =
        operation.idempotencyKey !== undefined && operation.idempotencyKey === row.idempotency_key;
      if (again && operation.project === row.destination_project_id) return undefined;
      return operation === acceptOf(row, operations) ? undefined : "doubled accept";
    }
    case "delete":
      if (row === undefined || !row.deleted || row.accepted) return "lost delete";
      return operation === deleteOf(row, operations) ? undefined : "doubled delete";
  }
}

/** An operation, for whoever has to find out what is wrong with it. */
export function inWords(operation: Operation): string {
  const { kind, project, invoked, completed, outcome, status } = operation;
  const what = "transfer" in operation ? operation.transfer : operation.volume;
  const seen = "seen" in operation ? ` saw ${JSON.stringify(operation.seen ?? null)}` : "";
  return `${kind} ${what} by ${project}, ${invoked.toFixed(1)} to ${completed.toFixed(1)}: ${outcome}, ${status}${seen}`;
}
