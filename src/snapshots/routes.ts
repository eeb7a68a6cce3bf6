import type { Context } from "hono";
import { body } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { badRequest, notFound } from "../http/faults.ts";
import { SNAPSHOT_IN_USE } from "../http/microversions.ts";
import { countedPageBody } from "../http/page.ts";
import { LIST_QUERY, type ListQuery, listQuery } from "../http/pagination.ts";
import { queryOf, queryParameters } from "../http/query.ts";
import { acceptedHtml, resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import {
  booleanParameter,
  listParameters,
  METADATA_FILTER,
  queryParameter,
  WITH_COUNT,
} from "../openapi/parameters.ts";
import { snapshotActions } from "./actions.ts";
import { createSnapshot } from "./create.ts";
import { deleteSnapshot } from "./delete.ts";
import { SNAPSHOT_SORT_KEYS } from "./list.sql.ts";
import { listSnapshots } from "./list.ts";
import {
  createSnapshotSchema,
  snapshotChanged,
  snapshotDetails,
  snapshotShown,
  snapshotSummaries,
  updateSnapshotSchema,
} from "./schemas.ts";
import { showSnapshot } from "./show.ts";
import { updateSnapshot } from "./update.ts";
import { created, detail, extendedDetail, summary } from "./views.ts";

/** The query parameters of a list of snapshots. */
const LIST = queryParameters(
  ...LIST_QUERY,
  ...[
    "name",
    "name~",
    "status",
    "volume_id",
    "metadata",
    "availability_zone",
    "consumes_quota",
    "with_count",
  ],
);
const LIST_PARAMETERS = [
  ...listParameters(Object.keys(SNAPSHOT_SORT_KEYS)),
  queryParameter("name", "Only snapshots with this name."),
  queryParameter("status", "Only snapshots with this status."),
  queryParameter("volume_id", "Only snapshots of this volume."),
  queryParameter("name~", "Only snapshots whose name contains this, in upper or lower case. From 3.34."),
  METADATA_FILTER,
  queryParameter("availability_zone", "Only snapshots of volumes in this zone. From 3.31."),
  booleanParameter("consumes_quota", "`true` for all snapshots, `false` for none. From 3.65."),
  WITH_COUNT,
];

const readListQuery = (c: Context<AppEnv>): ListQuery =>
  listQuery(queryOf(c), c.get("config").maxLimit, SNAPSHOT_SORT_KEYS);

/** Cinder's message, to the letter. */
const FORCE_IS_INVALID =
  "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however, when " +
  "the 'force' flag is passed with a value evaluating to True, it is silently ignored.";

/** Snapshots: the part of Cinder's API that transfers and their clients need. */
export const snapshots = resource()
  .get(
    "/",
    describeRoute({
      id: "listSnapshots",
      rule: "volume:get_all_snapshots",
      tag: "snapshots",
      summary: "List snapshots",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of snapshots.", body: snapshotSummaries },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(countedPageBody(c, "snapshots", await listSnapshots(c.var, query), summary));
    },
  )

  .get(
    "/detail",
    describeRoute({
      id: "listSnapshotsInDetail",
      rule: "volume:get_all_snapshots",
      tag: "snapshots",
      summary: "List snapshots and details",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of snapshots.", body: snapshotDetails },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(countedPageBody(c, "snapshots", await listSnapshots(c.var, query), extendedDetail));
    },
  )

  .post(
    "/",
    describeRoute({
      id: "createSnapshot",
      rule: "volume:create_snapshot",
      tag: "snapshots",
      summary: "Create a snapshot",
      response: { status: 202, description: "The snapshot.", body: snapshotChanged },
      faults: [404],
    }),
    body(createSnapshotSchema),
    async (c) => {
      const { snapshot } = c.req.valid("json");
      const { display_name = null, name = display_name } = snapshot;
      if (snapshot.volume_id === null) throw notFound("Volume", "None");
      const inUse = c.get("microversion") >= SNAPSHOT_IN_USE;
      if (inUse && snapshot.force === false) throw badRequest(FORCE_IS_INVALID);
      const made = await createSnapshot(
        c.var,
        {
          volume_id: snapshot.volume_id,
          display_name: name,
          display_description: snapshot.description ?? null,
          metadata: snapshot.metadata,
        },
        inUse || snapshot.force === true,
      );
      return c.json({ snapshot: created(c)(made) }, 202);
    },
  )

  .get(
    "/:id",
    describeRoute({
      id: "showSnapshot",
      rule: "volume:get_snapshot",
      tag: "snapshots",
      summary: "Show a snapshot's details",
      response: { status: 200, description: "The snapshot.", body: snapshotShown },
      faults: [404],
    }),
    async (c) => {
      const snapshot = await showSnapshot(c.var, c.req.param("id"));
      return c.json({ snapshot: extendedDetail(c)(snapshot) });
    },
  )

  .put(
    "/:id",
    describeRoute({
      id: "updateSnapshot",
      rule: "volume:update_snapshot",
      tag: "snapshots",
      summary: "Update a snapshot",
      response: { status: 200, description: "The snapshot.", body: snapshotChanged },
      faults: [404],
    }),
    body(updateSnapshotSchema),
    async (c) => {
      const {
        display_name,
        name = display_name,
        display_description,
        description = display_description,
      } = c.req.valid("json").snapshot;
      const snapshot = await updateSnapshot(c.var, c.req.param("id"), {
        ...(name !== undefined && { display_name: name }),
        ...(description !== undefined && { display_description: description }),
      });
      return c.json({ snapshot: detail(c)(snapshot) });
    },
  )

  .delete(
    "/:id",
    describeRoute({
      id: "deleteSnapshot",
      rule: "volume:delete_snapshot",
      tag: "snapshots",
      summary: "Delete a snapshot",
      response: { status: 202, description: "The snapshot is deleted." },
      faults: [404],
    }),
    async (c) => {
      await deleteSnapshot(c.var, c.req.param("id"), false);
      return acceptedHtml(c);
    },
  )

  .post("/:id/action", snapshotActions);
