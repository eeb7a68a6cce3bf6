import type { Context } from "hono";
import { body, queryParameters } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { parseBoolean } from "../http/fields.ts";
import { LIST_QUERY, type ListQuery, listQuery } from "../http/pagination.ts";
import { accepted, allow, onlyAction, resource } from "../http/resource.ts";
import { scopeOf } from "../identity/identity.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { listParameters, queryParameter } from "../openapi/parameters.ts";
import {
  createVolumeSchema,
  updateVolumeSchema,
  volumeActionSchema,
  volumeChanged,
  volumeDetails,
  volumeShown,
  volumeSummaries,
} from "./schemas.ts";
import { created, detail, extendedDetail, list, summary } from "./views.ts";
import { getVolume, updateVolume, VOLUME_SORT_KEYS } from "./volume.sql.ts";
import { listOwnVolumes, makeVolume, removeVolume } from "./volumes.ts";

/** What a list of volumes can be asked for. */
const LIST = queryParameters(...LIST_QUERY, "name", "status", "size");
const LIST_PARAMETERS = [
  ...listParameters(Object.keys(VOLUME_SORT_KEYS)),
  queryParameter("name", "Volumes of this name."),
  queryParameter("status", "Volumes in this status."),
  queryParameter("size", "Volumes of so many GiB; what is no number matches none."),
];

const readListQuery = (c: Context<AppEnv>): ListQuery =>
  listQuery(c.req.query(), c.get("config").maxLimit, VOLUME_SORT_KEYS);

/** Volumes: as much of Cinder's API as transfers and their clients need. */
export const volumes = resource()
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
      return c.json(list(c, query.page, await listOwnVolumes(c.var, query), summary));
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
      return c.json(list(c, query.page, await listOwnVolumes(c.var, query), extendedDetail));
    },
  )

  .post(
    "/",
    describeRoute({
      id: "createVolume",
      rule: "volume:create",
      tag: "volumes",
      summary: "Create a volume",
      description: "A volume is a record here: it is `available` at once.",
      response: { status: 202, description: "The volume.", body: volumeChanged },
      faults: [404],
    }),
    body(createVolumeSchema),
    async (c) => {
      const { volume } = c.req.valid("json");
      const made = await makeVolume(c.var, {
        name: volume.name ?? volume.display_name ?? null,
        description: volume.description ?? volume.display_description ?? null,
        size: volume.size ?? null,
        metadata: volume.metadata,
        volume_type: volume.volume_type ?? null,
        availability_zone: volume.availability_zone ?? null,
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
      const id = c.req.param("id");
      const volume = await getVolume(c.get("db"), id, scopeOf(c.get("identity")));
      if (volume === undefined) throw notFound("Volume", id);
      return c.json({ volume: extendedDetail(c)(volume) });
    },
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
      const id = c.req.param("id");
      const {
        name,
        display_name = name,
        description,
        display_description = description,
        metadata,
      } = c.req.valid("json").volume;
      const volume = await updateVolume(c.get("db"), id, scopeOf(c.get("identity")), {
        ...(display_name !== undefined && { display_name }),
        ...(display_description !== undefined && { display_description }),
        ...(metadata !== undefined && { metadata }),
      });
      if (volume === undefined) throw notFound("Volume", id);
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
      parameters: [queryParameter("cascade", "Whether its snapshots go too.")],
      response: { status: 202, description: "The volume is deleted." },
      faults: [404],
    }),
    queryParameters("cascade"),
    async (c) => {
      await removeVolume(c.var, c.req.param("id"), parseBoolean(c.req.valid("query").cascade));
      return accepted(c);
    },
  )

  .post(
    "/:id/action",
    describeRoute({
      id: "resetVolumeStatus",
      rule: "volume_extension:volume_admin_actions:reset_status",
      tag: "volumes",
      summary: "Reset a volume's statuses",
      description: "For admins.",
      response: { status: 202, description: "The volume has the status." },
      faults: [404],
    }),
    onlyAction("os-reset_status"),
    body(volumeActionSchema),
    async (c) => {
      const id = c.req.param("id");
      const { status } = c.req.valid("json")["os-reset_status"];
      const volume = await updateVolume(c.get("db"), id, scopeOf(c.get("identity")), { status });
      if (volume === undefined) throw notFound("Volume", id);
      return accepted(c);
    },
  )

  .all("/", allow("GET", "POST"))
  .all("/detail", allow("GET"))
  .all("/:id", allow("GET", "PUT", "DELETE"))
  .all("/:id/action", allow("POST"));
