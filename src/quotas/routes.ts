import { body } from "../http/body.ts";
import { isAdmin } from "../http/caller.ts";
import { parseStrictBoolean } from "../http/fields.ts";
import { LIMITS_ADMIN_FILTER } from "../http/microversions.ts";
import { queryOf, queryParameters } from "../http/query.ts";
import { resource, succeeded } from "../http/resource.ts";
import { satisfies } from "../identity/policy.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { booleanParameter, queryParameter } from "../openapi/parameters.ts";
import { deleteQuotaSet, limitsOf, showDefaultQuotaSet, showQuotaSet, updateQuotaSet } from "./quota_sets.ts";
import { limitsShown, quotaSetShown, quotaSetUpdated, updateQuotaSetSchema } from "./schemas.ts";

/** Quotas of projects, by the project's id. */
export const quotaSets = resource()
  .get(
    "/:id",
    describeRoute({
      id: "showQuotaSet",
      rule: "volume_extension:quotas:show",
      project: "id",
      tag: "quotas",
      summary: "Show quotas for a project",
      parameters: [booleanParameter("usage", "Whether to include the usage.")],
      response: { status: 200, description: "The quotas.", body: quotaSetShown },
    }),
    queryParameters("usage"),
    async (c) => {
      const id = c.req.param("id");
      const usage = parseStrictBoolean("usage", c.req.valid("query").usage);
      const quotas = await showQuotaSet(c.var, id);
      return c.json({
        quota_set: { ...(usage ? quotas : limitsOf(quotas)), id },
      });
    },
  )

  .get(
    "/:id/defaults",
    describeRoute({
      id: "showDefaultQuotaSet",
      rule: "volume_extension:quotas:show",
      project: "id",
      tag: "quotas",
      summary: "Get default quotas for a project",
      response: {
        status: 200,
        description: "The default quotas.",
        body: quotaSetShown,
      },
    }),
    async (c) => {
      const id = c.req.param("id");
      return c.json({ quota_set: { ...limitsOf(await showDefaultQuotaSet(c.var)), id } });
    },
  )

  .put(
    "/:id",
    describeRoute({
      id: "updateQuotaSet",
      rule: "volume_extension:quotas:update",
      tag: "quotas",
      summary: "Update quotas for a project",
      description: "For admins.",
      response: { status: 200, description: "The quotas.", body: quotaSetUpdated },
    }),
    body(updateQuotaSetSchema),
    async (c) => {
      const quotas = await updateQuotaSet(c.var, c.req.param("id"), c.req.valid("json").quota_set);
      return c.json({ quota_set: limitsOf(quotas) });
    },
  )

  .delete(
    "/:id",
    describeRoute({
      id: "deleteQuotaSet",
      rule: "volume_extension:quotas:delete",
      tag: "quotas",
      summary: "Delete quotas for a project",
      description: "Restores the default quotas. For admins.",
      response: { status: 200, description: "The quotas are deleted." },
    }),
    async (c) => {
      await deleteQuotaSet(c.var, c.req.param("id"));
      return succeeded(c);
    },
  );

/** Limits and usage of the caller's project. */
export const limits = resource().get(
  "/",
  describeRoute({
    id: "showLimits",
    rule: "authenticated",
    tag: "quotas",
    summary: "Show absolute limits for project",
    description: "The usage (`total…Used`) is shown to users with a role.",
    parameters: [
      queryParameter("project_id", "For admins, from 3.39: another project."),
      queryParameter("tenant_id", "The same; `project_id` takes precedence."),
    ],
    response: { status: 200, description: "The limits and the usage.", body: limitsShown },
  }),
  async (c) => {
    const { identity, microversion } = c.var;
    const { project_id, tenant_id } = queryOf(c);
    const other =
      microversion >= LIMITS_ADMIN_FILTER && isAdmin(identity) ? (project_id ?? tenant_id) : undefined;
    const quotas = await showQuotaSet(c.var, other ?? identity.project_id);
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
          ...(satisfies(c.get("identity"), "limits_extension:used_limits") && {
            totalVolumesUsed: used("volumes"),
            totalGigabytesUsed: used("gigabytes"),
            totalSnapshotsUsed: used("snapshots"),
            totalBackupsUsed: used("backups"),
            totalBackupGigabytesUsed: used("backup_gigabytes"),
          }),
        },
      },
    });
  },
);
