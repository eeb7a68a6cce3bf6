import * as z from "zod/mini";
import { described, owner } from "../openapi/shapes.ts";
import { IGNORED, MAX_LIMIT, TEXT_LIMIT } from "./parse_limits.ts";
import { COUNTED, LIMITED } from "./quota_sets.sql.ts";

const INTEGER = { type: "integer", minimum: -1, maximum: MAX_LIMIT } as const;
const DESCRIPTION = { description: "-1 for no limit." };
const LIMIT = { ...DESCRIPTION, ...INTEGER };
const LIMIT_OR_TEXT = { ...DESCRIPTION, anyOf: [INTEGER, { type: "string", pattern: "^(-1|[0-9]{1,9})$" }] };

const LIMIT_OF_CLASS = { ...DESCRIPTION, anyOf: [INTEGER, { type: "string", pattern: "^[0-9]{1,9}$" }] };

/** Documents limits by the name of the quota. */
const documented = (limit: object, textLimit: object, ignored: readonly string[]) => ({
  properties: Object.fromEntries([
    ...LIMITED.map((name) => [name, name === TEXT_LIMIT ? textLimit : limit]),
    ...ignored.map((name) => [name, { description: "Ignored." }]),
  ]),
  // Each volume type has quotas, too: `volumes_LUKS` for the volumes of the type LUKS.
  patternProperties: { [`^(${COUNTED.join("|")})_.+$`]: limit },
  propertyNames: undefined,
  additionalProperties: false,
});

/** The body of "Update quotas for a project". `updateQuotaSet` validates the limits. */
export const updateQuotaSetSchema = z.strictObject({
  quota_set: z.record(z.string(), z.unknown()).check(
    z.refine((limits) => Object.keys(limits).length > 0, "should be non-empty"),
    z.meta({ ...documented(LIMIT, LIMIT_OR_TEXT, IGNORED), minProperties: 1 }),
  ),
});
/** The body of "Update quota classes for a project". `updateDefaultQuotaSet` validates the limits. */
export const updateQuotaClassSchema = z.strictObject({
  quota_class_set: z
    .record(z.string(), z.unknown())
    .check(z.meta(documented(LIMIT_OF_CLASS, LIMIT_OF_CLASS, []))),
});

const limit = z.int().check(z.minimum(-1), described("-1 for no limit."));
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
      totalVolumesUsed: z.optional(used),
      totalGigabytesUsed: z.optional(used),
      totalSnapshotsUsed: z.optional(used),
      totalBackupsUsed: z.optional(used),
      totalBackupGigabytesUsed: z.optional(used),
    }),
  }),
});
