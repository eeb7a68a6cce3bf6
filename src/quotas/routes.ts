import { body, queryParameters, saysYes } from "../http/body.ts";
import { allow, resource } from "../http/resource.ts";
import { enforce, enforceFor } from "../identity/policy.ts";
import { describe, filter } from "../openapi/describe.ts";
import { deleteLimits } from "./quota_sets.sql.ts";
import { defaultQuotaSet, type QuotaSet, quotaSet, setLimits } from "./quota_sets.ts";
import { limitsShown, quotaSetShown, quotaSetUpdated, updateQuotaSetSchema } from "./schemas.ts";

const limitsOf = (quotas: QuotaSet): Record<string, number> =>
  Object.fromEntries(Object.entries(quotas).map(([name, { limit }]) => [name, limit]));

/** The quotas of projects, by the project's id. */
export const quotaSets = resource()
  .get(
    "/:id",
    describe({
      id: "showQuotaSet",
      tag: "quotas",
      summary: "Show quotas for a project",
      parameters: [filter("usage", "Whether to tell what is in use, too.")],
      answer: { status: 200, description: "The quotas.", body: quotaSetShown },
    }),
    queryParameters("usage"),
    async (c) => {
      const id = c.req.param("id");
      enforceFor(c.get("identity"), "volume_extension:quotas:show", id);
      const quotas = await quotaSet(c.var, id);
      return c.json({
        quota_set: { ...(saysYes(c.req.valid("query").usage) ? quotas : limitsOf(quotas)), id },
      });
    },
  )

  .get(
    "/:id/defaults",
    describe({
      id: "showDefaultQuotaSet",
      tag: "quotas",
      summary: "Get default quotas for a project",
      answer: {
        status: 200,
        description: "The quotas of a project that has none of its own.",
        body: quotaSetShown,
      },
    }),
    (c) => {
      const id = c.req.param("id");
      enforceFor(c.get("identity"), "volume_extension:quotas:show", id);
      return c.json({ quota_set: { ...limitsOf(defaultQuotaSet(c.var)), id } });
    },
  )

  .put(
    "/:id",
    describe({
      id: "updateQuotaSet",
      tag: "quotas",
      summary: "Update quotas for a project",
      description: "For admins.",
      answer: { status: 200, description: "The quotas.", body: quotaSetUpdated },
    }),
    body(updateQuotaSetSchema),
    async (c) => {
      enforce(c.get("identity"), "volume_extension:quotas:update");
      const quotas = await setLimits(c.var, c.req.param("id"), c.req.valid("json").quota_set);
      return c.json({ quota_set: limitsOf(quotas) });
    },
  )

  .delete(
    "/:id",
    describe({
      id: "deleteQuotaSet",
      tag: "quotas",
      summary: "Delete quotas for a project",
      description: "For admins: the project has the default quotas again.",
      answer: { status: 200, description: "The quotas are deleted." },
    }),
    async (c) => {
      enforce(c.get("identity"), "volume_extension:quotas:delete");
      await deleteLimits(c.get("db"), c.req.param("id"));
      return c.body(null, 200);
    },
  )

  .all("/:id", allow("GET", "PUT", "DELETE"))
  .all("/:id/defaults", allow("GET"));

/** The limits of the caller's project, and how much of them is used. */
export const limits = resource()
  .get(
    "/",
    describe({
      id: "showLimits",
      tag: "quotas",
      summary: "Show absolute limits for project",
      answer: { status: 200, description: "The limits, and how much of them is used.", body: limitsShown },
    }),
    async (c) => {
      enforce(c.get("identity"), "limits_extension:used_limits");
      const quotas = await quotaSet(c.var, c.get("identity").project_id);
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
    },
  )
  .all("/", allow("GET"));
