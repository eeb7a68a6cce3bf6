/** Cinder's snapshot statuses, in the order of its messages. */
export const SNAPSHOT_STATUSES = [
  "error",
  "available",
  "creating",
  "deleting",
  "deleted",
  "updating",
  "error_deleting",
  "unmanaging",
  "backing-up",
  "restoring",
];

/** The statuses that the action "Update status of a snapshot" sets, each with the status that the snapshot must have. */
const UPDATED_FROM: Readonly<Record<string, string>> = {
  creating: "creating",
  available: "creating",
  error: "creating",
  deleting: "deleting",
  error_deleting: "deleting",
};

/**
 * Returns the status that a snapshot must have for the action "Update status of a snapshot".
 *
 * @returns undefined for a status that the action never sets
 */
export const updatableFrom = (status: string): string | undefined =>
  Object.hasOwn(UPDATED_FROM, status) ? UPDATED_FROM[status] : undefined;

/** Returns whether the action "Update status of a snapshot" changes snapshots in this status. */
export const isUpdatable = (status: string): boolean => Object.values(UPDATED_FROM).includes(status);
