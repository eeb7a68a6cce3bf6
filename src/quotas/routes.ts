import { deleteLimits } from "../db/quota_sets.ts";
import { enforce, enforceFor } from "../identity/policy.ts";
import { allow, resource } from "../resource.ts";
import { body, saysYes } from "../validation.ts";
import { defaultQuotaSet, type QuotaSet, quotaSet, setLimits, updateQuotaSetSchema } from "./quota_sets.ts";

const limitsOf = (quotas: QuotaSet): Record<string, number> =>
  Object.fromEntries(Object.entries(quotas).map(([name, { limit }]) => [name, limit]));

/** The quotas of projects, by the project's id. */
export const quotaSets = resource()
  .get("/:id", async (c) => {
    const id = c.req.param("id");
    enforceFor(c.var.identity, "volume_extension:quotas:show", id);
    const quotas = await quotaSet(c.var, id);
    return c.json({ quota_set: { ...(saysYes(c.req.query("usage")) ? quotas : limitsOf(quotas)), id } });
  })

  .get("/:id/defaults", (c) => {
    const id = c.req.param("id");
    enforceFor(c.var.identity, "volume_extension:quotas:show", id);
    return c.json({ quota_set: { ...limitsOf(defaultQuotaSet(c.var)), id } });
  })

  .put("/:id", body(updateQuotaSetSchema), async (c) => {
    enforce(c.var.identity, "volume_extension:quotas:update");
    const quotas = await setLimits(c.var, c.req.param("id"), c.req.valid("json").quota_set);
    return c.json({ quota_set: limitsOf(quotas) });
  })

  .delete("/:id", async (c) => {
    enforce(c.var.identity, "volume_extension:quotas:delete");
    await deleteLimits(c.var.db.writing, c.req.param("id"));
    return c.body(null, 200);
  })

  .all("/:id", allow("GET", "PUT", "DELETE"))
  .all("/:id/defaults", allow("GET"));

/** The limits of the caller's project, and how much of them is used. */
export const limits = resource()
  .get("/", async (c) => {
    enforce(c.var.identity, "limits_extension:used_limits");
    const quotas = await quotaSet(c.var, c.var.identity.project_id);
    const limit = (name: string) => quotas[name]?.limit;
    const used = (name: string) => quotas[name]?.in_use;
    return c.json({
      limits: {
        rate: [],
        absolute: {
          maxTotalVolumes: limit("volumes"),
          maxTotalSnapshots: limit("snapshots"),
          maxTotalVolumeGigabytes: limit("gigabytes"),
          maxTotalBackups: limit("backups"),
          maxTotalBackupGigabytes: limit("backup_gigabytes"),
          totalVolumesUsed: used("volumes"),
          totalGigabytesUsed: used("gigabytes"),
          totalSnapshotsUsed: used("snapshots"),
          totalBackupsUsed: used("backups"),
          totalBackupGigabytesUsed: used("backup_gigabytes"),
        },
      },
    });
  })
  .all("/", allow("GET"));
