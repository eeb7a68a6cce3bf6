import type { Context } from "hono";
import { body, idempotencyKey, queryParameters } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { SUPPORT_TRANSFER_PAGINATION } from "../http/microversions.ts";
import { LIST_QUERY, type ListQuery, listQuery } from "../http/pagination.ts";
import { accepted, allow, resource } from "../http/resource.ts";
import { scopeOf } from "../identity/identity.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { IDEMPOTENCY_KEY, listParameters, queryParameter } from "../openapi/parameters.ts";
import { acceptOffer } from "./accept.ts";
import { offerVolume } from "./create.ts";
import { deleteTransfer } from "./delete.sql.ts";
import { getTransfer, TRANSFER_SORT_KEYS } from "./list.sql.ts";
import { listOffers } from "./list.ts";
import {
  acceptTransferSchema,
  createTransferSchema,
  transferCreated,
  transferDetail,
  transferDetails,
  transferSummaries,
  transferSummary,
} from "./schemas.ts";
import { detail, list, summary } from "./views.ts";

/** What a list of transfers can be asked for. */
const LIST = queryParameters(...LIST_QUERY, "name", "volume_id");
const LIST_PARAMETERS = [
  ...listParameters(Object.keys(TRANSFER_SORT_KEYS)),
  queryParameter("name", "Offers of this name."),
  queryParameter("volume_id", "The offer of this volume."),
];

/** Where what names an offer is found, once it is made. */
const THE_OFFER = { project_id: "$request.path.project_id", id: "$response.body#/transfer/id" };

/** The volume-transfer API, for both of its paths: what they differ in is told by the microversion alone. */
export const transfers = resource()
  .get(
    "/",
    describeRoute({
      id: "listTransfers",
      rule: "volume:get_all_transfers",
      tag: "volume-transfers",
      summary: "List volume transfers",
      description:
        "Offers of the project. Pages, sorting and `transfers_links` are from 3.59; before, offers come oldest first.",
      parameters: LIST_PARAMETERS,
      response: { status: 200, description: "A page of offers.", body: transferSummaries },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(list(c, query.page, await listOffers(c.var, query), summary));
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
      response: { status: 200, description: "A page of offers.", body: transferDetails },
      faults: [404],
    }),
    LIST,
    async (c) => {
      const query = readListQuery(c);
      return c.json(list(c, query.page, await listOffers(c.var, query), detail));
    },
  )

  .post(
    "/",
    describeRoute({
      id: "createTransfer",
      rule: "volume:create_transfer",
      tag: "volume-transfers",
      summary: "Create a volume transfer",
      description:
        "Offers a volume that is `available` and not encrypted; its snapshots must be `available`, unless `no_snapshots` (from 3.55).",
      response: { status: 202, description: "The offer, with its `auth_key`.", body: transferCreated },
      links: [
        { operation: "showTransfer", parameters: THE_OFFER },
        { operation: "deleteTransfer", parameters: THE_OFFER },
        {
          operation: "acceptTransfer",
          parameters: THE_OFFER,
          body: { accept: { auth_key: "$response.body#/transfer/auth_key" } },
        },
      ],
      faults: [404],
    }),
    body(createTransferSchema),
    async (c) => {
      const { volume_id, name, destination_project_id, expires_at, ...rest } = c.req.valid("json").transfer;
      const { auth_key, ...transfer } = await offerVolume(c.var, {
        volume_id,
        display_name: name ?? null,
        no_snapshots: "no_snapshots" in rest && rest.no_snapshots === true,
        destination_project_id: destination_project_id ?? null,
        expires_at: expires_at ?? null,
      });
      return c.json({ transfer: { ...detail(c)(transfer), auth_key } }, 202);
    },
  )

  .get(
    "/:id",
    describeRoute({
      id: "showTransfer",
      rule: "volume:get_transfer",
      tag: "volume-transfers",
      summary: "Show volume transfer detail",
      response: { status: 200, description: "The offer.", body: transferDetail },
      faults: [404],
    }),
    async (c) => {
      const id = c.req.param("id");
      const transfer = await getTransfer(c.get("db"), id, scopeOf(c.get("identity")));
      if (transfer === undefined) throw notFound("Transfer", id);
      return c.json({ transfer: detail(c)(transfer) });
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
        "Withdraws an offer: the volume is `available` again, unless something else has changed its status.",
      response: { status: 202, description: "The offer is withdrawn." },
      faults: [404],
    }),
    async (c) => {
      const id = c.req.param("id");
      if (!(await deleteTransfer(c.get("db"), id, scopeOf(c.get("identity")), c.get("requestId"))))
        throw notFound("Transfer", id);
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
        "Gives the volume, and unless `no_snapshots` its snapshots, to the caller's project, if its quota has room.",
      response: { status: 202, description: "The offer, closed.", body: transferSummary },
      faults: [404, 429],
    }),
    body(acceptTransferSchema),
    async (c) => {
      const { auth_key } = c.req.valid("json").accept;
      const transfer = await acceptOffer(c.var, c.req.param("id"), auth_key, idempotencyKey(c));
      return c.json({ transfer: summary(c)(transfer) }, 202);
    },
  )

  .all("/", allow("GET", "POST"))
  .all("/detail", allow("GET"))
  .all("/:id", allow("GET", "DELETE"))
  .all("/:id/accept", allow("POST"));

/**
 * The list that is asked for. Before 3.59 there are no pages and offers come oldest first. `limit` must be a limit
 * even then, but like any name that is no filter it matches nothing, as in Cinder.
 */
function readListQuery(c: Context<AppEnv>): ListQuery {
  const { maxLimit } = c.get("config");
  const query = c.req.query();
  if (c.get("microversion") >= SUPPORT_TRANSFER_PAGINATION)
    return listQuery(query, maxLimit, TRANSFER_SORT_KEYS);
  const { limit, offset } = query;
  const { page } = listQuery(
    { sort_dir: "asc", ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) },
    maxLimit,
    TRANSFER_SORT_KEYS,
  );
  return { page, filters: query };
}
