/**
 * What a request came to. `refused` had no effect: a 4xx says so. Of an `unknown` one nobody knows: no answer came, or
 * a 5xx.
 */
export type Outcome = "done" | "refused" | "unknown";

interface Exchange {
  /** The project that asks. */
  readonly project: string;
  readonly volume: string;
  /** When it was sent, milliseconds on the clock of the process that sends all. */
  readonly invoked: number;
  /** When its answer was complete, or given up. */
  readonly completed: number;
  readonly outcome: Outcome;
  /** The status of the answer; 0 if none came. */
  readonly status: number;
}

/** An offer of a volume. */
export interface Offering extends Exchange {
  readonly kind: "offer";
  /** The offer's name, which no other has: it tells in the tables which request made the row. */
  readonly name: string;
  /** The transfer's id, where it was told. */
  readonly transfer?: string;
}

export interface Accepting extends Exchange {
  readonly kind: "accept";
  readonly transfer: string;
  readonly idempotencyKey?: string;
  /** The id that the Worker gave the request, where it was told. */
  readonly request?: string;
}

export interface Deleting extends Exchange {
  readonly kind: "delete";
  readonly transfer: string;
  readonly request?: string;
}

/** What a project sees of a volume; nothing where it is not the owner. */
export interface VolumeRead extends Exchange {
  readonly kind: "read volume";
  readonly seen: { readonly volumeStatus: string } | undefined;
}

/** What a project sees of its offers of a volume. */
export interface OfferRead extends Exchange {
  readonly kind: "read offer";
  /** The one that was asked for; undefined is any. */
  readonly transfer: string | undefined;
  readonly seen: { readonly transfer: string } | undefined;
}

export type Operation = Offering | Accepting | Deleting | VolumeRead | OfferRead;

/** A row of `transfers`. */
export interface TransferRow {
  readonly seq: number;
  readonly id: string;
  readonly volume_id: string;
  readonly display_name: string;
  readonly no_snapshots: boolean;
  readonly source_project_id: string;
  readonly destination_project_id: string | null;
  readonly accepted: boolean;
  readonly deleted: boolean;
  readonly closed_by_request: string | null;
  readonly idempotency_key: string | null;
}

export interface VolumeRow {
  readonly id: string;
  readonly project_id: string;
  readonly status: string;
  /** GiB. */
  readonly size: number;
}

export interface SnapshotRow {
  readonly id: string;
  readonly volume_id: string;
  readonly project_id: string;
  readonly volume_size: number;
}

/** What a project uses, over all types. */
export interface Usage {
  readonly project_id: string;
  readonly volumes: number;
  readonly gigabytes: number;
  readonly snapshots: number;
}

export interface Tables {
  readonly volumes: readonly VolumeRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly transfers: readonly TransferRow[];
  readonly usage: readonly Usage[];
}

/** Something that must not be. */
export interface Violation {
  readonly kind:
    | "lost accept"
    | "doubled accept"
    | "lost offer"
    | "doubled offer"
    | "lost delete"
    | "doubled delete"
    | "refused, and took effect"
    | "nobody asked for it"
    | "two owners"
    | "volume is not where the transfers left it"
    | "status does not go with the transfers"
    | "snapshot is not where the transfers left it"
    | "usage is off"
    | "no order explains the answers";
  readonly detail: string;
}
