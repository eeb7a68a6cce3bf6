import { announce } from "../events/announce.ts";
import { body } from "../http/body.ts";
import { LEGACY_MANAGE_PATH, MANAGE_PATH, type ManagePath } from "../http/manage_paths.ts";
import { resource, since } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { manageVolumeSchema } from "./action_schemas.ts";
import { manageVolume } from "./manage.ts";
import { volumeManaged } from "./schemas.ts";
import { legacyDetail } from "./views.ts";

/** Makes the routes that make volumes of storage that exists. */
const manageRoutes = ({ first, suffix, note }: ManagePath) =>
  resource()
    .use(since(first))
    .post(
      "/",
      describeRoute({
        id: `manageVolume${suffix}`,
        rule: "volume_extension:volume_manage",
        tag: "volumes",
        summary: "Manage an existing volume",
        description: `Makes a record of storage that exists. There is no back end to ask for its size: \`ref\` has it. ${note}`,
        response: { status: 202, description: "The volume.", body: volumeManaged },
        faults: [404, 413, 429],
      }),
      announce,
      body(manageVolumeSchema),
      async (c) => {
        const { volume } = c.req.valid("json");
        const made = await manageVolume(c.var, {
          name: volume.name || null,
          description: volume.description || null,
          host: volume.host ?? null,
          cluster: ("cluster" in volume ? volume.cluster : null) ?? null,
          ref: volume.ref,
          volume_type: volume.volume_type ?? null,
          availability_zone: volume.availability_zone ?? null,
          metadata: volume.metadata,
          bootable: volume.bootable ?? false,
        });
        // Cinder has not updated the volume yet.
        return c.json({ volume: { ...legacyDetail(c)(made), updated_at: null } }, 202);
      },
    );

export const volumeManage = manageRoutes(LEGACY_MANAGE_PATH);
export const manageableVolumes = manageRoutes(MANAGE_PATH);
