import * as z from "zod/mini";
import { owner } from "../openapi/shapes.ts";
import { COUNTED, LIMITED } from "./quota_sets.sql.ts";
import { IGNORED, MAX_LIMIT, TEXT_LIMIT } from "./quota_sets.ts";

const INTEGER = { type: "integer", minimum: -1, maximum: MAX_LIMIT } as const;
const DESCRIPTION = { description: "-1 for no limit." };
const LIMIT = { ...DESCRIPTION, ...INTEGER };
const LIMIT_OR_TEXT = { ...DESCRIPTION, anyOf: [INTEGER, { type: "string", pattern: "^(-1|[0-9]{1,9})$" }] };

/** Limits by the name of the quota, which `updateQuotaSet` validates. */
const limitsToSet = z.record(z.string(), z.unknown()).check(
  z.refine((limits) => Object.keys(limits).length > 0, "does not have enough properties"),
  z.meta({
    properties: Object.fromEntries([
      ...LIMITED.map((name) => [name, name === TEXT_LIMIT ? LIMIT_OR_TEXT : LIMIT]),
      ...IGNORED.map((name) => [name, { description: "Ignored." }]),
    ]),
    // Each volume type has quotas, too: `volumes_LUKS` for the volumes of the type LUKS.
    patternProperties: { [`^(${COUNTED.join("|")})_.+$`]: LIMIT },
    minProperties: 1,
    propertyNames: undefined,
    additionalProperties: false,
  }),
);

/** The body of "Update quotas for a project". */
export const updateQuotaSetSchema = z.strictObject({ quota_set: limitsToSet });
/** The body of "Update quota classes for a project". */
export const updateQuotaClassSchema = z.strictObject({ quota_class_set: limitsToSet });

const limit = z.int().check(z.minimum(-1), z.meta({ description: "-1 for no limit." }));
const usage = z.strictObject({ limit, in_use: z.int().check(z.minimum(0)), reserved: z.literal(0) });

/** Limits by the name of the quota; with `usage`, limits and usage. */
export const quotaSetShown = z.strictObject({
  quota_set: z.catchall(z.object({ id: owner }), z.union([limit, usage])),
});
export const quotaClassShown = z.strictObject({
  quota_class_set: z.catchall(z.object({ id: z.string() }), limit),
});
export const quotaClassUpdated = z.strictObject({ quota_class_set: z.record(z.string(), limit) });
export const quotaSetUpdated = z.strictObject({ quota_set: z.record(z.string(), limit) });

const used = z.int().check(z.minimum(0));
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
