import { body } from "../http/body.ts";
import { badRequest } from "../http/faults.ts";
import { resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { limitsOf, showDefaultQuotaSet, updateDefaultQuotaSet } from "./quota_sets.ts";
import { quotaClassShown, quotaClassUpdated, updateQuotaClassSchema } from "./schemas.ts";

/** The one quota class that has an effect: the default limits of every project. */
const DEFAULT = "default";

/** Quota classes, by name. */
export const quotaClasses = resource()
  .get(
    "/:name",
    describeRoute({
      id: "showQuotaClassSet",
      rule: "volume_extension:quota_classes:get",
      tag: "quotas",
      summary: "Show the default quotas of all projects",
      description: "For admins. Every class has the limits of the class `default`.",
      response: { status: 200, description: "The default quotas.", body: quotaClassShown },
    }),
    async (c) => {
      const limits = limitsOf(await showDefaultQuotaSet(c.var));
      return c.json({ quota_class_set: { ...limits, id: c.req.param("name") } });
    },
  )

  .put(
    "/:name",
    describeRoute({
      id: "updateQuotaClassSet",
      rule: "volume_extension:quota_classes:update",
      tag: "quotas",
      summary: "Update the default quotas of all projects",
      description:
        "For admins. They replace the configured defaults. Only the class `default` can be updated.",
      parameters: [{ name: "name", in: "path", required: true, schema: { type: "string", enum: [DEFAULT] } }],
      response: { status: 200, description: "The default quotas.", body: quotaClassUpdated },
    }),
    body(updateQuotaClassSchema),
    async (c) => {
      if (c.req.param("name") !== DEFAULT) {
        throw badRequest(`Only the quota class ${DEFAULT} can be updated: no other has an effect.`);
      }
      const quotas = await updateDefaultQuotaSet(c.var, c.req.valid("json").quota_class_set);
      return c.json({ quota_class_set: limitsOf(quotas) });
    },
  );
