import type { Context } from "hono";
import { announce } from "../events/announce.ts";
import { body, idempotencyKey, queryParameters } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { parseBoolean } from "../http/fields.ts";
import { SUPPORT_TRANSFER_PAGINATION } from "../http/microversions.ts";
import { pageBody } from "../http/page.ts";
import { LIST_QUERY, type ListQuery, listQuery } from "../http/pagination.ts";
import { accepted, allow, resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { FAILED_ATTEMPTS, IDEMPOTENCY_KEY, listParameters, queryParameter } from "../openapi/parameters.ts";
import { acceptTransfer } from "./accept.ts";
import { createTransfer } from "./create.ts";
import { deleteTransfer } from "./delete.ts";
import { HISTORY_SORT_KEY, listHistory } from "./history.ts";
import { TRANSFER_SORT_KEYS } from "./list.sql.ts";
import { listTransfers } from "./list.ts";
import { previewTransfer } from "./preview.ts";
import {
  acceptTransferSchema,
  CLOSED_STATUSES,
  closedTransfers,
  createTransferSchema,
  previewTransferSchema,
  transferCreated,
  transferDetail,
  transferDetails,
  transferPreview,
  transferSummaries,
  transferSummary,
} from "./schemas.ts";
import { showTransfer } from "./show.ts";
import { closed, detail, previewView, summary } from "./views.ts";

/** The query parameters of a list of transfers. */
const LIST = queryParameters(...LIST_QUERY, "name", "volume_id");
const LIST_PARAMETERS = [
  ...listParameters(Object.keys(TRANSFER_SORT_KEYS)),
  queryParameter("name", "Only transfers with this name."),
  queryParameter("volume_id", "Only the transfer of this volume."),
];

/** The parameters that identify a created transfer, for links to other operations. */
const CREATED_TRANSFER = { project_id: "$request.path.project_id", id: "$response.body#/transfer/id" };

/** The volume-transfer API, under both of its paths, which behave alike. */
export const transfers = resource()
  .get(
    "/",
    describeRoute({
      id: "listTransfers",
      rule: "volume:get_all_transfers",
      tag: "volume-transfers",
      summary: "List volume transfers",
      description:
        "Lists the open transfers of the project. Pages, sorting and `transfers_links` are from 3.59; before, the oldest transfer comes first.",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of transfers.", body: transferSummaries },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(
        pageBody(c, "transfers", query.page, await listTransfers(c.var, query), summary, hasPages(c)),
      );
    },
  )

  .get(
    "/detail",
    describeRoute({
      id: "listTransfersInDetail",
      rule: "volume:get_all_transfers",
      tag: "volume-transfers",
      summary: "List volume transfers and details",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of transfers.", body: transferDetails },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(
        pageBody(c, "transfers", query.page, await listTransfers(c.var, query), detail, hasPages(c)),
      );
    },
  )

  .get(
    "/history",
    describeRoute({
      id: "listTransferHistory",
      rule: "volume:get_transfer_history",
      tag: "volume-transfers",
      summary: "List closed volume transfers",
      description:
        "Lists the closed transfers that the project has created or accepted, the last closed first. They are kept for `HISTORY_RETENTION_DAYS`.",
      parameters: [
        ...listParameters([HISTORY_SORT_KEY]),
        queryParameter("volume_id", "Only transfers of this volume."),
        queryParameter("status", "Only transfers that were closed in this way.", {
          type: "string",
          enum: [...CLOSED_STATUSES],
        }),
      ],
      response: { status: 200, description: "A page of closed transfers.", body: closedTransfers },
      faults: [404],
    }),
    queryParameters(...LIST_QUERY, "volume_id", "status"),
    async (c) => {
      const { maxLimit } = c.get("config");
      const asked = c.req.valid("query");
      const isSorted = asked.sort !== undefined || asked.sort_key !== undefined;
      const query = listQuery(isSorted ? asked : { ...asked, sort_key: HISTORY_SORT_KEY }, maxLimit, {
        [HISTORY_SORT_KEY]: "seq",
      });
      return c.json(pageBody(c, "transfers", query.page, await listHistory(c.var, query), closed));
    },
  )

  .post(
    "/",
    describeRoute({
      id: "createTransfer",
      parameters: [IDEMPOTENCY_KEY],
      rule: "volume:create_transfer",
      tag: "volume-transfers",
      summary: "Create a volume transfer",
      description:
        "Offers a volume. The volume must be `available` and not encrypted, and its snapshots must be `available`, unless `no_snapshots` (from 3.55) is true.",
      response: { status: 202, description: "The transfer, with its `auth_key`.", body: transferCreated },
      links: [
        { operation: "showTransfer", parameters: CREATED_TRANSFER },
        { operation: "deleteTransfer", parameters: CREATED_TRANSFER },
        {
          operation: "acceptTransfer",
          parameters: CREATED_TRANSFER,
          body: { accept: { auth_key: "$response.body#/transfer/auth_key" } },
        },
        {
          operation: "previewTransfer",
          parameters: CREATED_TRANSFER,
          body: { preview: { auth_key: "$response.body#/transfer/auth_key" } },
        },
      ],
      faults: [404, 429],
    }),
    announce,
    body(createTransferSchema),
    async (c) => {
      const { volume_id, name, destination_project_id, expires_at, ...rest } = c.req.valid("json").transfer;
      const { auth_key, ...transfer } = await createTransfer(
        c.var,
        {
          volume_id,
          display_name: name ?? null,
          no_snapshots: "no_snapshots" in rest && rest.no_snapshots === true,
          destination_project_id: destination_project_id ?? null,
          expires_at: expires_at ?? null,
        },
        idempotencyKey(c),
      );
      return c.json({ transfer: { ...detail(c)(transfer), auth_key } }, 202);
    },
  )

  .get(
    "/:id",
    describeRoute({
      id: "showTransfer",
      parameters: [FAILED_ATTEMPTS],
      rule: "volume:get_transfer",
      tag: "volume-transfers",
      summary: "Show volume transfer detail",
      response: { status: 200, description: "The transfer.", body: transferDetail },
      faults: [404],
    }),
    async (c) => {
      const { failed_attempts, ...transfer } = await showTransfer(c.var, c.req.param("id"));
      const asked = parseBoolean(c.req.header("X-Failed-Attempts"));
      return c.json({ transfer: { ...detail(c)(transfer), ...(asked && { failed_attempts }) } });
    },
  )

  .delete(
    "/:id",
    describeRoute({
      id: "deleteTransfer",
      rule: "volume:delete_transfer",
      tag: "volume-transfers",
      summary: "Delete a volume transfer",
      description:
        "Deletes an open transfer and makes its volume `available`, unless the volume's status has changed meanwhile.",
      response: { status: 202, description: "The transfer is deleted." },
      faults: [404],
    }),
    announce,
    async (c) => {
      await deleteTransfer(c.var, c.req.param("id"));
      return accepted(c);
    },
  )

  .post(
    "/:id/accept",
    describeRoute({
      id: "acceptTransfer",
      rule: "volume:accept_transfer",
      parameters: [IDEMPOTENCY_KEY],
      tag: "volume-transfers",
      summary: "Accept a volume transfer",
      description:
        "Moves the volume, and unless `no_snapshots` its snapshots, to the caller's project, if its quota has room.",
      response: { status: 202, description: "The transfer, closed.", body: transferSummary },
      faults: [404, 429],
    }),
    announce,
    body(acceptTransferSchema),
    async (c) => {
      const { auth_key } = c.req.valid("json").accept;
      const transfer = await acceptTransfer(c.var, c.req.param("id"), auth_key, idempotencyKey(c));
      return c.json({ transfer: summary(c)(transfer) }, 202);
    },
  )

  .post(
    "/:id/preview",
    describeRoute({
      id: "previewTransfer",
      rule: "volume:accept_transfer",
      tag: "volume-transfers",
      summary: "Preview a volume transfer",
      description:
        "Shows, to a caller who could accept the transfer, what an accept would move, and whether the quota of its project has room. Changes nothing. A wrong key counts, and is answered, as at accept. An extension: Cinder has no such operation.",
      response: { status: 200, description: "What an accept would move.", body: transferPreview },
      faults: [404, 429],
    }),
    body(previewTransferSchema),
    async (c) => {
      const { auth_key } = c.req.valid("json").preview;
      const preview = await previewTransfer(c.var, c.req.param("id"), auth_key);
      return c.json({ preview: previewView(preview, c.get("identity").project_id) });
    },
  )

  .all("/", allow("GET", "POST"))
  .all("/detail", allow("GET"))
  .all("/history", allow("GET"))
  .all("/:id", allow("GET", "DELETE"))
  .all("/:id/accept", allow("POST"))
  .all("/:id/preview", allow("POST"));

const hasPages = (c: Context<AppEnv>): boolean => c.get("microversion") >= SUPPORT_TRANSFER_PAGINATION;

/**
 * Parses the query of a list. Before 3.59 there are no pages, and the oldest transfer comes first. As in Cinder,
 * `limit` is validated even then, but matches nothing, like any unknown filter.
 */
function readListQuery(c: Context<AppEnv>): ListQuery {
  const { maxLimit } = c.get("config");
  const query = c.req.query();
  if (hasPages(c)) return listQuery(query, maxLimit, TRANSFER_SORT_KEYS);
  const { limit, offset } = query;
  const { page } = listQuery(
    { sort_dir: "asc", ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) },
    maxLimit,
    TRANSFER_SORT_KEYS,
  );
  return { page, filters: query };
}
