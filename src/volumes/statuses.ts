/** Cinder's volume statuses, in the order of its messages. */
const RESETTABLE = [
  "creating",
  "available",
  "deleting",
  "error",
  "error_deleting",
  "error_managing",
  "managing",
  "attaching",
  "in-use",
  "detaching",
  "maintenance",
  "restoring-backup",
  "error_restoring",
  "reserved",
  "awaiting-transfer",
  "backing-up",
  "error_backing-up",
  "error_extending",
  "downloading",
  "uploading",
  "retyping",
  "extending",
];

/** The statuses of volumes: those of Cinder's messages, and two that only its volume service sets. */
export const VOLUME_STATUSES = [...RESETTABLE, "reverting", "unmanaging"];

/** The statuses that the action "Reset a volume's statuses" takes, by the field of its argument. */
export const RESET_STATUSES = {
  status: RESETTABLE,
  attach_status: ["attached", "detached"],
  migration_status: ["migrating", "error", "success", "completing", "none", "starting"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The fields of the argument of "Reset a volume's statuses". */
export type ResetField = keyof typeof RESET_STATUSES;

const SHOWN: Readonly<Record<string, string>> = { managing: "creating", error_managing: "error" };

/** Returns the status that clients see: Cinder hides that a volume is being managed. */
export const shownStatus = (status: string): string => SHOWN[status] ?? status;
