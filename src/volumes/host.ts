// The host, pool and zone of every volume that is created here. Cinder has several of each.

/** The one availability zone, under Cinder's default name. */
export const AVAILABILITY_ZONE = "nova";
export const SERVICE_UUID = "0a7f2a52-3c0e-4be5-8f6d-5d1a3f0c9e27";
export const HOST = "volume-transfers@record#record";
