/** The state of a volume between two transitions. */
export interface VolumeState {
  readonly owner: string;
  /** The transfer that is not closed. It may have expired: then the volume stays `awaiting-transfer` until it is closed. */
  readonly openTransfer: OpenTransfer | undefined;
  /** The ids of the transfers that were accepted so far. */
  readonly acceptedTransfers: ReadonlySet<string>;
}

export interface OpenTransfer {
  readonly id: string;
  /** In milliseconds since the epoch; infinite without an expiry. */
  readonly expiresAt: number;
  /** The only project that may accept; undefined if every project may. */
  readonly destination: string | undefined;
  /** Whether the destination needs no key. */
  readonly keyless: boolean;
  /** The `auth_key`; undefined if no client knows it. */
  readonly key: string | undefined;
}

/**
 * How much the clock of the database may differ from the clock of the workload. Both are clocks of one machine, but
 * the workload reads a monotonic one.
 */
export const CLOCK_TOLERANCE_MS = 100;
