import * as z from "zod";
import { owner } from "../openapi/shapes.ts";
import { MAX_LIMIT, NOT_LIMITS, QUOTAS } from "./quota_sets.ts";

const LIMIT = {
  description: "-1 is no limit.",
  anyOf: [
    { type: "integer", minimum: -1, maximum: MAX_LIMIT },
    { type: "string", pattern: "^(-1|[0-9]{1,9})$" },
  ],
};

/** The body of "Update quotas for a project": limits by the name of the quota, checked one by one later. */
export const updateQuotaSetSchema = z.strictObject({
  quota_set: z
    .record(z.string(), z.unknown())
    .refine((limits) => Object.keys(limits).length > 0, "does not have enough properties")
    .meta({
      properties: Object.fromEntries([
        ...QUOTAS.map((name) => [name, LIMIT]),
        ...NOT_LIMITS.map((name) => [name, { description: "Passed over." }]),
      ]),
      minProperties: 1,
      propertyNames: undefined,
      additionalProperties: false,
    }),
});

const limit = z.int().min(-1).meta({ description: "-1 is no limit." });
const usage = z.strictObject({ limit, in_use: z.int().min(0), reserved: z.literal(0) });

/** Limits, or, with `usage`, limits and what is in use, by the name of the quota. */
export const quotaSetShown = z.strictObject({
  quota_set: z.object({ id: owner }).catchall(z.union([limit, usage])),
});
export const quotaSetUpdated = z.strictObject({ quota_set: z.record(z.string(), limit) });

const used = z.int().min(0);
export const limitsShown = z.strictObject({
  limits: z.strictObject({
    rate: z.array(z.never()),
    absolute: z.strictObject({
      maxTotalVolumes: limit,
      maxTotalSnapshots: limit,
      maxTotalVolumeGigabytes: limit,
      maxTotalBackups: limit,
      maxTotalBackupGigabytes: limit,
      totalVolumesUsed: used,
      totalGigabytesUsed: used,
      totalSnapshotsUsed: used,
      totalBackupsUsed: used,
      totalBackupGigabytesUsed: used,
    }),
  }),
});
