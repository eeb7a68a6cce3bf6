import { body } from "../http/body.ts";
import { MANAGE_EXISTING_LIST, MIN_MICROVERSION, type Microversion } from "../http/microversions.ts";
import { parseReference } from "../http/reference.ts";
import { allow, resource, since } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { createSnapshot } from "./create.ts";
import { manageSnapshotSchema, snapshotChanged } from "./schemas.ts";
import { detail } from "./views.ts";

/** Makes the routes that make snapshots of storage that exists. */
const manageRoutes = (id: string, first: Microversion, description: string) =>
  resource()
    .use(since(first))
    .post(
      "/",
      describeRoute({
        id,
        rule: "snapshot_extension:snapshot_manage",
        tag: "snapshots",
        summary: "Manage an existing snapshot",
        description: `Makes a record of storage that exists, of the size of the volume. ${description}`,
        response: { status: 202, description: "The snapshot.", body: snapshotChanged },
        faults: [404, 413],
      }),
      body(manageSnapshotSchema),
      async (c) => {
        const { volume_id, name, description, metadata, ref } = c.req.valid("json").snapshot;
        const input = {
          volume_id,
          display_name: name || null,
          display_description: description || null,
          metadata,
        };
        // As in Cinder, the volume may be in use.
        const made = await createSnapshot(c.var, input, true, parseReference(ref).reference);
        return c.json({ snapshot: detail(c)(made) }, 202);
      },
    )
    .all("/", allow("POST"));

export const snapshotManage = manageRoutes("manageSnapshot", MIN_MICROVERSION, "For admins.");
export const manageableSnapshots = manageRoutes(
  "manageSnapshotOnNewerPath",
  MANAGE_EXISTING_LIST,
  "For admins, from 3.8.",
);
