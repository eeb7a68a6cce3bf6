import type { Context } from "hono";
import { announce } from "../events/announce.ts";
import { body } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { parseStrictBoolean } from "../http/fields.ts";
import { VOLUME_DELETE_FORCE } from "../http/microversions.ts";
import { countedPageBody } from "../http/page.ts";
import { LIST_QUERY, type ListQuery, listQuery } from "../http/pagination.ts";
import { queryOf, queryParameters } from "../http/query.ts";
import { acceptedHtml, resource } from "../http/resource.ts";
import { enforce } from "../identity/policy.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import {
  booleanParameter,
  listParameters,
  METADATA_FILTER,
  queryParameter,
  timeFilter,
  WITH_COUNT,
} from "../openapi/parameters.ts";
import { volumeActions } from "./actions.ts";
import { createVolume } from "./create.ts";
import { deleteVolume } from "./delete.ts";
import { VOLUME_FILTERS } from "./filters.ts";
import { VOLUME_SORT_KEYS } from "./list.sql.ts";
import { listVolumes } from "./list.ts";
import {
  createVolumeSchema,
  encryptionMetadataShown,
  updateVolumeSchema,
  volumeChanged,
  volumeDetails,
  volumeShown,
  volumeSummaries,
} from "./schemas.ts";
import { showVolume } from "./show.ts";
import { volumeSummary } from "./summary_routes.ts";
import { updateVolume } from "./update.ts";
import { created, detail, encryptionMetadata, extendedDetail, summary } from "./views.ts";

/** The query parameters of a list of volumes. */
const LIST = queryParameters(...LIST_QUERY, ...VOLUME_FILTERS.names, "name~", "with_count");
const LIST_PARAMETERS = [
  ...listParameters(Object.keys(VOLUME_SORT_KEYS)).filter(({ name }) => name !== "all_tenants"),
  booleanParameter("all_tenants", "For admins: list the volumes of all projects."),
  queryParameter("name", "Only volumes with this name."),
  queryParameter("status", "Only volumes with this status."),
  queryParameter("size", "Only volumes of this size, GiB; a value that is not a number matches none."),
  queryParameter("name~", "Only volumes whose name contains this, in upper or lower case. From 3.34."),
  METADATA_FILTER,
  booleanParameter("bootable", "Only volumes that are bootable, or not."),
  queryParameter(
    "migration_status",
    "Only volumes with this migration status; `None` for those without one.",
  ),
  queryParameter("availability_zone", "Only volumes in this zone."),
  queryParameter(
    "group_id",
    "Only volumes of this group, which were imported; `None` for those of no group.",
  ),
  timeFilter("created_at"),
  timeFilter("updated_at"),
  booleanParameter("consumes_quota", "`true` for all volumes, `false` for none. From 3.65."),
  WITH_COUNT,
];

const readListQuery = (c: Context<AppEnv>): ListQuery =>
  listQuery(queryOf(c), c.get("config").maxLimit, VOLUME_SORT_KEYS);

/** Volumes: the part of Cinder's API that transfers and their clients need. */
export const volumes = resource()
  .route("/", volumeSummary)

  .get(
    "/",
    describeRoute({
      id: "listVolumes",
      rule: "volume:get_all",
      tag: "volumes",
      summary: "List volumes",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of volumes.", body: volumeSummaries },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(countedPageBody(c, "volumes", await listVolumes(c.var, query), summary));
    },
  )

  .get(
    "/detail",
    describeRoute({
      id: "listVolumesInDetail",
      rule: "volume:get_all",
      tag: "volumes",
      summary: "List volumes with details",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of volumes.", body: volumeDetails },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(countedPageBody(c, "volumes", await listVolumes(c.var, query), extendedDetail));
    },
  )

  .post(
    "/",
    describeRoute({
      id: "createVolume",
      rule: "volume:create",
      tag: "volumes",
      summary: "Create a volume",
      description:
        "Creates a record of a volume, which is `available` at once. One of a snapshot or of another volume has its " +
        "size, unless a larger one is given, its type and its zone.",
      response: { status: 202, description: "The volume.", body: volumeChanged },
      faults: [404, 429],
    }),
    announce,
    body(createVolumeSchema),
    async (c) => {
      const { volume } = c.req.valid("json");
      const { display_name = null, name = display_name } = volume;
      const { display_description = null, description = display_description } = volume;
      const made = await createVolume(c.var, {
        name,
        description,
        size: volume.size ?? null,
        metadata: volume.metadata,
        volume_type: volume.volume_type ?? null,
        availability_zone: volume.availability_zone ?? null,
        source_volid: volume.source_volid ?? null,
        snapshot_id: volume.snapshot_id ?? null,
        multiattach: volume.multiattach,
      });
      return c.json({ volume: created(c)(made) }, 202);
    },
  )

  .get(
    "/:id",
    describeRoute({
      id: "showVolume",
      rule: "volume:get",
      tag: "volumes",
      summary: "Show a volume's details",
      response: { status: 200, description: "The volume.", body: volumeShown },
      faults: [404],
    }),
    async (c) => {
      const volume = await showVolume(c.var, c.req.param("id"));
      return c.json({ volume: extendedDetail(c)(volume) });
    },
  )

  .get(
    "/:id/encryption",
    describeRoute({
      id: "showVolumeEncryption",
      rule: "volume_extension:volume_encryption_metadata",
      tag: "volumes",
      summary: "Show a volume's encryption metadata",
      description: "The specs of its type's encryption, if it has one.",
      response: { status: 200, description: "The encryption metadata.", body: encryptionMetadataShown },
      faults: [404],
    }),
    async (c) => c.json(encryptionMetadata(await showVolume(c.var, c.req.param("id")))),
  )

  .put(
    "/:id",
    describeRoute({
      id: "updateVolume",
      rule: "volume:update",
      tag: "volumes",
      summary: "Update a volume",
      response: { status: 200, description: "The volume.", body: volumeChanged },
      faults: [404],
    }),
    body(updateVolumeSchema),
    async (c) => {
      const {
        display_name,
        name = display_name,
        display_description,
        description = display_description,
        metadata,
      } = c.req.valid("json").volume;
      const changes = {
        ...(name !== undefined && { display_name: name }),
        ...(description !== undefined && { display_description: description }),
        ...(metadata !== undefined && { metadata }),
      };
      const id = c.req.param("id");
      const volume =
        Object.keys(changes).length === 0
          ? await showVolume(c.var, id)
          : await updateVolume(c.var, id, changes);
      return c.json({ volume: detail(c)(volume) });
    },
  )

  .delete(
    "/:id",
    describeRoute({
      id: "deleteVolume",
      rule: "volume:delete",
      tag: "volumes",
      summary: "Delete a volume",
      parameters: [
        booleanParameter("cascade", "Whether its snapshots are deleted too."),
        booleanParameter("force", "For admins: whether it is deleted in any status. From 3.23."),
      ],
      response: { status: 202, description: "The volume is deleted." },
      faults: [404],
    }),
    queryParameters("cascade", "force"),
    announce,
    async (c) => {
      const query = c.req.valid("query");
      const cascade = parseStrictBoolean("cascade", query.cascade);
      const force = c.get("microversion") >= VOLUME_DELETE_FORCE && parseStrictBoolean("force", query.force);
      if (force) enforce(c.get("identity"), "volume:force_delete");
      await deleteVolume(c.var, c.req.param("id"), { cascade, force });
      return acceptedHtml(c);
    },
  )

  .post("/:id/action", announce, volumeActions);
