// The values that null stands for in volumes and snapshots that were created here. Cinder has several of each.

/** The one availability zone, under Cinder's default name. */
export const AVAILABILITY_ZONE = "nova";
export const HOST = "volume-transfers@record#record";
