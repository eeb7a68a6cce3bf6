import type { Context } from "hono";
import type { AppEnv } from "../http/context.ts";
import { Fault } from "../http/faults.ts";
import { allow, resource } from "../http/resource.ts";
import { isAdmin } from "../identity/identity.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { volumeTypeShown, volumeTypesListed } from "./schemas.ts";
import { VOLUME_TYPES, type VolumeType } from "./volume_type.ts";

const view = (c: Context<AppEnv>, { id, name, description }: VolumeType) => ({
  id,
  name,
  is_public: true,
  description,
  extra_specs: {},
  ...(isAdmin(c.get("identity")) && { qos_specs_id: null }),
  "os-volume-type-access:is_public": true,
});

/** Volume types, which are fixed. */
export const volumeTypes = resource()
  .get(
    "/",
    describeRoute({
      id: "listVolumeTypes",
      rule: "volume_extension:type_get_all",
      tag: "types",
      summary: "List all volume types",
      response: { status: 200, description: "The volume types.", body: volumeTypesListed },
    }),
    (c) => {
      return c.json({ volume_types: VOLUME_TYPES.map((type) => view(c, type)) });
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
    (c) => {
      return c.json({ volume_type: view(c, VOLUME_TYPES[0]) });
    },
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
    (c) => {
      const id = c.req.param("id");
      // By id only: after a 404, clients that have a name request the list.
      const type = VOLUME_TYPES.find((type) => type.id === id);
      if (type === undefined) throw new Fault(404, `Volume type ${id} could not be found.`);
      return c.json({ volume_type: view(c, type) });
    },
  )

  .all("/", allow("GET"))
  .all("/default", allow("GET"))
  .all("/:id", allow("GET"));
