import { body } from "../http/body.ts";
import { LEGACY_MANAGE_PATH, MANAGE_PATH, type ManagePath } from "../http/manage_paths.ts";
import { parseReference } from "../http/reference.ts";
import { resource, since } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { createSnapshot } from "./create.ts";
import { manageSnapshotSchema, snapshotChanged } from "./schemas.ts";
import { created } from "./views.ts";

/** Makes the routes that make snapshots of storage that exists. */
const manageRoutes = ({ first, suffix, note }: ManagePath) =>
  resource()
    .use(since(first))
    .post(
      "/",
      describeRoute({
        id: `manageSnapshot${suffix}`,
        rule: "snapshot_extension:snapshot_manage",
        tag: "snapshots",
        summary: "Manage an existing snapshot",
        description: `Makes a record of storage that exists, of the size of the volume. ${note}`,
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
        return c.json({ snapshot: created(c)(made) }, 202);
      },
    );

export const snapshotManage = manageRoutes(LEGACY_MANAGE_PATH);
export const manageableSnapshots = manageRoutes(MANAGE_PATH);
