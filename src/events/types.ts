/** The types of events, without the prefix. */
export const EVENT_TYPES = [
  "volume_transfer.created",
  "volume_transfer.accepted",
  "volume_transfer.deleted",
  "volume_transfer.expired",
  "volume_transfer.declined",
  "volume_transfer.rekeyed",
  "volume.created",
  "volume.managed",
  "volume.imported",
  "volume.deleted",
  "volume.unmanaged",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** The prefix of the types of CloudEvents. */
export const TYPE_PREFIX = "org.openstack.";
