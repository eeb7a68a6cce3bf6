/** The minor number of a microversion; the major is always 3. */
export type Microversion = number;

export const MIN_MICROVERSION: Microversion = 0;
export const MAX_MICROVERSION: Microversion = 71;

/** The microversions that change this service's responses, under Cinder's names. */
export const VOLUME_LIST_BOOTABLE: Microversion = 2;
export const MANAGE_EXISTING_LIST: Microversion = 8;
export const VOLUME_LIST_GROUP: Microversion = 10;
export const VOLUME_SUMMARY: Microversion = 12;
export const GROUP_VOLUME: Microversion = 13;
export const GROUP_SNAPSHOTS: Microversion = 14;
export const VOLUME_MIGRATE_CLUSTER: Microversion = 16;
export const VOLUME_DETAIL_PROVIDER_ID: Microversion = 21;
export const SNAPSHOT_LIST_METADATA_FILTER: Microversion = 22;
export const VOLUME_DELETE_FORCE: Microversion = 23;
export const RESOURCE_FILTER: Microversion = 31;
export const RESOURCE_FILTER_CONFIG: Microversion = 33;
export const LIKE_FILTER: Microversion = 34;
export const VOLUME_SUMMARY_METADATA: Microversion = 36;
export const LIMITS_ADMIN_FILTER: Microversion = 39;
export const VOLUME_REVERT: Microversion = 40;
export const SNAPSHOT_LIST_USER_ID: Microversion = 41;
export const VOLUME_EXTEND_INUSE: Microversion = 42;
export const SUPPORT_COUNT_INFO: Microversion = 45;
export const VOLUME_SHARED_TARGETS_AND_SERVICE_FIELDS: Microversion = 48;
export const SUPPORT_VOLUME_TYPE_FILTER: Microversion = 52;
export const SUPPORT_VOLUME_SCHEMA_CHANGES: Microversion = 53;
export const TRANSFER_WITH_SNAPSHOTS: Microversion = 55;
export const TRANSFER_WITH_HISTORY: Microversion = 57;
export const SUPPORT_TRANSFER_PAGINATION: Microversion = 59;
export const VOLUME_CLUSTER_NAME: Microversion = 61;
export const VOLUME_TYPE_ID_IN_VOLUME_DETAIL: Microversion = 63;
export const USE_QUOTA: Microversion = 65;
export const SNAPSHOT_IN_USE: Microversion = 66;

/** Returns the version as headers and documents write it: `3.57`. */
export const versionString = (microversion: Microversion): string => `3.${microversion}`;
