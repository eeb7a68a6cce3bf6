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
  /** When the transfer expires, in milliseconds since the epoch. */
  readonly expires_at: number | null;
  /** When the transfer was closed, in milliseconds since the epoch: accepted, deleted, declined or expired. */
  readonly deleted_at: number | null;
  readonly closed_by_request: string | null;
  readonly idempotency_key: string | null;
  readonly ended_as: string | null;
}

/** An event of a new key. */
export interface RekeyRow {
  readonly transfer_id: string;
  readonly request_id: string;
}

/** A row of `volumes`. */
export interface VolumeRow {
  readonly id: string;
  readonly project_id: string;
  readonly status: string;
  /** GiB. */
  readonly size: number;
}

/** A row of `snapshots`. */
export interface SnapshotRow {
  readonly id: string;
  readonly volume_id: string;
  readonly project_id: string;
  /** GiB. */
  readonly volume_size: number;
}

/** The usage of a project over all volume types, from `quotas`. */
export interface Usage {
  readonly project_id: string;
  readonly volumes: number;
  /** GiB. */
  readonly gigabytes: number;
  readonly snapshots: number;
}

/** The content of the database at one moment. */
export interface Tables {
  readonly volumes: readonly VolumeRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly transfers: readonly TransferRow[];
  readonly usage: readonly Usage[];
  /** In the order of their commits. */
  readonly rekeys: readonly RekeyRow[];
}

/**
 * Returns whether a transfer was closed because it had expired: by the cron trigger, which is no request, or by the
 * create that replaced it. Other requests close a transfer only before its expiry.
 */
export const isExpired = (row: TransferRow): boolean =>
  row.deleted_at !== null &&
  row.expires_at !== null &&
  !row.accepted &&
  (row.closed_by_request === null || row.expires_at <= row.deleted_at);
