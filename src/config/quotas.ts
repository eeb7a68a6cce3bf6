import * as z from "zod/mini";
import { wholeNumber } from "./values.ts";

/** A limit of a quota; -1 for no limit. */
const limit = (fallback: number) => wholeNumber(fallback, -1, 2 ** 31 - 1);

export const quotaVariables = z.object({
  QUOTA_VOLUMES: limit(10),
  QUOTA_SNAPSHOTS: limit(10),
  QUOTA_GIGABYTES: limit(1000),
  PER_VOLUME_SIZE_LIMIT: limit(-1),
  VOLUMES_PER_MINUTE: wholeNumber(1200, 0, 1_000_000),
});

/** The default limits of a project; -1 for no limit, gigabytes are GiB. */
export interface DefaultQuota {
  readonly volumes: number;
  readonly gigabytes: number;
  readonly snapshots: number;
  readonly per_volume_gigabytes: number;
}

/** Returns the default limits from their variables. */
export const readDefaultQuota = (variables: z.output<typeof quotaVariables>): DefaultQuota => ({
  volumes: variables.QUOTA_VOLUMES,
  gigabytes: variables.QUOTA_GIGABYTES,
  snapshots: variables.QUOTA_SNAPSHOTS,
  per_volume_gigabytes: variables.PER_VOLUME_SIZE_LIMIT,
});
