import type { Context } from "hono";
import { CLOSED_STATUSES } from "../db/schema/index.ts";
import type { PageRows } from "../db/statements/page_size.ts";
import type { AppEnv } from "../http/context.ts";
import { SUPPORT_TRANSFER_PAGINATION } from "../http/microversions.ts";
import { pageBody } from "../http/page.ts";
import { LIST_QUERY, type ListQuery, listQuery } from "../http/pagination.ts";
import { onlyQueryParameters, queryOf, queryParameters } from "../http/query.ts";
import { createRouter } from "../http/router.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { IF_NONE_MATCH, listParameters, queryParameter, RECEIPTS } from "../openapi/parameters.ts";
import { faultOf, type TransferNotFound } from "./faults.ts";
import { HISTORY_SORT_KEY, listHistory } from "./history.ts";
import { listIncoming } from "./incoming.ts";
import { readFollowedPage, readTransferPage, TRANSFER_SORT_KEYS } from "./list.sql.ts";
import { listTransfers } from "./list.ts";
import {
  closedTransfers,
  incomingDetails,
  incomingSummaries,
  transferDetails,
  transferSummaries,
  transfersVersion,
} from "./schemas.ts";
import {
  asksForReceipts,
  closed,
  detail,
  followedDetail,
  incomingDetail,
  incomingSummary,
  summary,
} from "./views.ts";
import { readVersion, watchTransfers } from "./watch.ts";

/** The query parameters of a list of transfers. */
const LIST = queryParameters(...LIST_QUERY, "name", "volume_id");
const LIST_PARAMETERS = [
  ...listParameters(Object.keys(TRANSFER_SORT_KEYS)),
  queryParameter("name", "Only transfers with this name."),
  queryParameter("volume_id", "Only the transfer of this volume."),
];

const INCOMING = onlyQueryParameters(...LIST_QUERY, "volume_id", "source_project_id");
const INCOMING_PARAMETERS = [
  ...listParameters(["created_at"]),
  queryParameter("volume_id", "Only the transfer of this volume."),
  queryParameter("source_project_id", "Only transfers of volumes of this project."),
];

/** The paths of transfers. As in Cinder, the older one lists the oldest transfer first at every microversion. */
export type TransferPath = "volume-transfers" | "os-volume-transfer";

/**
 * The lists of open transfers. They belong before the routes of a transfer, whose id could otherwise be `detail`, and so
 * do those of `extensionLists`.
 */
export const transferLists = (path: TransferPath) =>
  createRouter()
    .get(
      "/",
      describeRoute({
        id: "listTransfers",
        rule: "volume:get_all_transfers",
        tag: "volume-transfers",
        summary: "List volume transfers",
        description:
          "Lists the open transfers of the project. Pages, sorting and `transfers_links` are from 3.59; before, and under the older path, the oldest transfer comes first.",
        parameters: LIST_PARAMETERS,
        response: { status: 200, description: "A page of transfers.", body: transferSummaries },
        faults: [404],
      }),
      LIST,
      async (c) => {
        const page = await listed(listTransfers(c.var, readListQuery(c, path), readTransferPage));
        return c.json(pageBody(c, "transfers", page, summary, hasPages(c)));
      },
    )

    .get(
      "/detail",
      describeRoute({
        id: "listTransfersInDetail",
        rule: "volume:get_all_transfers",
        tag: "volume-transfers",
        summary: "List volume transfers and details",
        parameters: [...LIST_PARAMETERS, RECEIPTS],
        response: { status: 200, description: "A page of transfers.", body: transferDetails },
        faults: [404],
      }),
      LIST,
      async (c) => {
        const query = readListQuery(c, path);
        if (asksForReceipts(c)) {
          const page = await listed(listTransfers(c.var, query, readFollowedPage));
          return c.json(pageBody(c, "transfers", page, followedDetail, hasPages(c)));
        }
        const page = await listed(listTransfers(c.var, query, readTransferPage));
        return c.json(pageBody(c, "transfers", page, detail, hasPages(c)));
      },
    );

/** The lists that Cinder does not have. */
export const extensionLists = () =>
  createRouter()
    .get(
      "/incoming",
      describeRoute({
        id: "listIncomingTransfers",
        rule: "volume:get_incoming_transfers",
        tag: "volume-transfers",
        summary: "List incoming volume transfers",
        description:
          "Lists the open transfers that are for the caller's project alone: those created with its `destination_project_id`. An extension: Cinder has no such operation.",
        parameters: INCOMING_PARAMETERS,
        response: { status: 200, description: "A page of transfers.", body: incomingSummaries },
        faults: [404],
      }),
      INCOMING,
      async (c) => {
        const page = await listed(listIncoming(c.var, readIncomingQuery(c)));
        return c.json(pageBody(c, "transfers", page, incomingSummary));
      },
    )

    .get(
      "/incoming/detail",
      describeRoute({
        id: "listIncomingTransfersInDetail",
        rule: "volume:get_incoming_transfers",
        tag: "volume-transfers",
        summary: "List incoming volume transfers and details",
        description: "The same, with what an accept would move, as a preview shows it.",
        parameters: INCOMING_PARAMETERS,
        response: { status: 200, description: "A page of transfers.", body: incomingDetails },
        faults: [404],
      }),
      INCOMING,
      async (c) => {
        const page = await listed(listIncoming(c.var, readIncomingQuery(c)));
        return c.json(pageBody(c, "transfers", page, incomingDetail));
      },
    )

    .get(
      "/changes",
      describeRoute({
        id: "watchTransfers",
        rule: "volume:get_all_transfers",
        tag: "volume-transfers",
        summary: "Watch volume transfers",
        description:
          "Returns a version, also as `ETag`, that changes whenever a transfer which the project gives or gets is created, previewed or closed. With `Accept: text/event-stream` a service with an embedded database responds with server-sent events: the version now, and after each change; others respond as without it. An extension: Cinder has no such operation.",
        parameters: [IF_NONE_MATCH],
        response: { status: 200, description: "The version.", body: transfersVersion },
        alternative: { status: 304, description: "The version is that of `If-None-Match`." },
      }),
      async (c) => {
        const stream = /\btext\/event-stream\b/.test(c.req.header("Accept") ?? "")
          ? watchTransfers(c.var, {
              session: c.get("sessionToken"),
              isAuthenticated: c.get("isAuthenticated"),
            })
          : undefined;
        if (stream !== undefined) {
          // nginx would gather the events.
          return c.body(stream, 200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
        }
        const version = await readVersion(c.get("db"), c.get("identity").project_id);
        const tag = `"${version}"`;
        c.header("ETag", tag);
        return c.req.header("If-None-Match") === tag ? c.body(null, 304) : c.json({ version });
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
          queryParameter(
            "status",
            `Only transfers that were closed in this way: ${CLOSED_STATUSES.join(", ")}. Another value matches none.`,
          ),
        ],
        response: { status: 200, description: "A page of closed transfers.", body: closedTransfers },
        faults: [404],
      }),
      onlyQueryParameters(...LIST_QUERY, "volume_id", "status"),
      async (c) => {
        const { maxLimit } = c.get("config");
        const asked = c.req.valid("query");
        const isSorted = asked.sort !== undefined || asked.sort_key !== undefined;
        const query = listQuery(isSorted ? asked : { ...asked, sort_key: HISTORY_SORT_KEY }, maxLimit, {
          [HISTORY_SORT_KEY]: "seq",
        });
        return c.json(pageBody(c, "transfers", await listed(listHistory(c.var, query)), closed));
      },
    );

/**
 * Returns the page of a list.
 *
 * @throws Fault 404 if there is no such marker
 */
async function listed<Row>(
  list: Promise<{ readonly kind: "listed"; readonly page: PageRows<Row> } | TransferNotFound>,
): Promise<PageRows<Row>> {
  const outcome = await list;
  if (outcome.kind !== "listed") throw faultOf(outcome);
  return outcome.page;
}

const readIncomingQuery = (c: Context<AppEnv>): ListQuery =>
  listQuery(queryOf(c), c.get("config").maxLimit, { created_at: "seq" });

const hasPages = (c: Context<AppEnv>): boolean => c.get("microversion") >= SUPPORT_TRANSFER_PAGINATION;

/**
 * Parses the query of a list. Before 3.59 there are no pages, and the oldest transfer comes first. As in Cinder,
 * `limit` is validated even then, but matches nothing, like any unknown filter.
 */
function readListQuery(c: Context<AppEnv>, path: TransferPath): ListQuery {
  const { maxLimit } = c.get("config");
  const query = queryOf(c);
  if (hasPages(c)) {
    const isSorted = query.sort !== undefined || query.sort_key !== undefined || query.sort_dir !== undefined;
    const oldestFirst = path === "os-volume-transfer" && !isSorted;
    return listQuery(oldestFirst ? { ...query, sort_dir: "asc" } : query, maxLimit, TRANSFER_SORT_KEYS);
  }
  const { limit, offset } = query;
  const { page } = listQuery(
    { sort_dir: "asc", ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) },
    maxLimit,
    TRANSFER_SORT_KEYS,
  );
  return { page, filters: query };
}
