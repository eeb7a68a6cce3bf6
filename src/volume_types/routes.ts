import { body } from "../http/body.ts";
import { badRequest } from "../http/faults.ts";
import { pageBody } from "../http/page.ts";
import { LIST_QUERY, listQuery } from "../http/pagination.ts";
import { queryOf, queryParameters } from "../http/query.ts";
import { acceptedHtml, resource } from "../http/resource.ts";
import { action, describeActions } from "../openapi/describe_actions.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { booleanParameter, listParameters, queryParameter } from "../openapi/parameters.ts";
import { addAccess, removeAccess } from "./access.ts";
import { VOLUME_TYPE_SORT_KEYS } from "./list.sql.ts";
import {
  createVolumeTypeSchema,
  projectAccess,
  updateVolumeTypeSchema,
  volumeTypeShown,
  volumeTypesListed,
} from "./schemas.ts";
import { created, shown, shownDefault, updated } from "./views.ts";
import {
  createVolumeType,
  deleteVolumeType,
  listVolumeTypes,
  showDefaultVolumeType,
  showVolumeType,
  updateVolumeType,
} from "./volume_types.ts";

/** Volume types. */
export const volumeTypes = resource()
  .get(
    "/",
    describeRoute({
      id: "listVolumeTypes",
      rule: "volume_extension:type_get_all",
      tag: "types",
      summary: "List all volume types",
      description: "Those that are public, and the private ones that the project may use.",
      parameters: [
        ...listParameters(Object.keys(VOLUME_TYPE_SORT_KEYS)),
        booleanParameter(
          "is_public",
          "For admins: `true` (the default), `false`, or `none` for both.",
          "none",
          "",
        ),
        queryParameter(
          "extra_specs",
          "Names and values, as a JSON object. From 3.52; for admins at every version.",
        ),
      ],
      response: { status: 200, description: "A page of volume types.", body: volumeTypesListed },
      faults: [404],
    }),
    queryParameters(...LIST_QUERY, "is_public", "extra_specs"),
    async (c) => {
      const query = listQuery(queryOf(c), c.get("config").maxLimit, VOLUME_TYPE_SORT_KEYS);
      const types = await listVolumeTypes(c.var, query);
      return c.json(pageBody(c, "volume_types", types, shown, true, "volume_type_links"));
    },
  )

  .post(
    "/",
    describeRoute({
      id: "createVolumeType",
      rule: "volume_extension:type_create",
      tag: "types",
      summary: "Create a volume type",
      description: "For admins.",
      response: { status: 200, description: "The volume type.", body: volumeTypeShown },
      faults: [409],
    }),
    body(createVolumeTypeSchema),
    async (c) => {
      const { volume_type } = c.req.valid("json");
      const type = await createVolumeType(c.var, {
        name: volume_type.name,
        description: volume_type.description ?? null,
        is_public: volume_type["os-volume-type-access:is_public"] ?? true,
        extra_specs: volume_type.extra_specs ?? {},
      });
      return c.json({ volume_type: created(type) });
    },
  )

  .get(
    "/default",
    describeRoute({
      id: "showDefaultVolumeType",
      rule: "volume_extension:type_get",
      tag: "types",
      summary: "Show default volume type",
      response: { status: 200, description: "The volume type.", body: volumeTypeShown },
    }),
    async (c) => c.json({ volume_type: shownDefault(c)(await showDefaultVolumeType(c.var)) }),
  )

  .get(
    "/:id",
    describeRoute({
      id: "showVolumeType",
      rule: "volume_extension:type_get",
      tag: "types",
      summary: "Show volume type detail",
      response: { status: 200, description: "The volume type.", body: volumeTypeShown },
      faults: [404],
    }),
    async (c) => c.json({ volume_type: shown(c)(await showVolumeType(c.var, c.req.param("id"))) }),
  )

  .put(
    "/:id",
    describeRoute({
      id: "updateVolumeType",
      rule: "volume_extension:type_update",
      tag: "types",
      summary: "Update a volume type",
      description: "For admins.",
      response: { status: 200, description: "The volume type.", body: volumeTypeShown },
      faults: [404, 409],
    }),
    body(updateVolumeTypeSchema),
    async (c) => {
      const { name, description, is_public } = c.req.valid("json").volume_type;
      if (name?.trim() === "") throw badRequest("Volume type name can not be empty.");
      const changes = {
        ...(typeof name === "string" && { name }),
        ...(typeof description === "string" && { description }),
        ...(is_public !== undefined && { is_public }),
      };
      if (Object.keys(changes).length === 0) {
        throw badRequest("Specify volume type name, description, is_public or a combination thereof.");
      }
      return c.json({ volume_type: updated(await updateVolumeType(c.var, c.req.param("id"), changes)) });
    },
  )

  .delete(
    "/:id",
    describeRoute({
      id: "deleteVolumeType",
      rule: "volume_extension:type_delete",
      tag: "types",
      summary: "Delete a volume type",
      description: "For admins. The default type, and one of which volumes exist, cannot be deleted.",
      response: { status: 202, description: "The volume type is deleted." },
      faults: [404],
    }),
    async (c) => {
      await deleteVolumeType(c.var, c.req.param("id"));
      return acceptedHtml(c);
    },
  )

  .post(
    "/:id/action",
    describeActions(
      {
        id: "actOnVolumeType",
        tag: "types",
        summary: "Add or remove private volume type access",
        description: "For admins.",
        response: { status: 202, description: "The access list is changed." },
        faults: [404, 409],
      },
      [
        action(
          "addProjectAccess",
          "volume_extension:volume_type_access:addProjectAccess",
          projectAccess,
          (c, id, { project }) => addAccess(c.var, id, project),
          acceptedHtml,
        ),
        action(
          "removeProjectAccess",
          "volume_extension:volume_type_access:removeProjectAccess",
          projectAccess,
          (c, id, { project }) => removeAccess(c.var, id, project),
          acceptedHtml,
        ),
      ],
    ),
  );
