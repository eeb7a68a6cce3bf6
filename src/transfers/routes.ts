import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { deleteTransfer } from "../db/transfers/delete.ts";
import { getTransfer, TRANSFER_SORT_KEYS } from "../db/transfers/list.ts";
import { notFound } from "../faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { enforce } from "../identity/policy.ts";
import { SUPPORT_TRANSFER_PAGINATION } from "../microversions.ts";
import { type ListQuery, listQuery } from "../pagination.ts";
import { accepted, allow, resource } from "../resource.ts";
import { body } from "../validation.ts";
import { acceptOffer } from "./accept.ts";
import { offerVolume } from "./create.ts";
import { listOffers } from "./list.ts";
import { acceptTransferSchema, createTransferSchema } from "./schemas.ts";
import { detail, list, summary } from "./views.ts";

/** The volume-transfer API, for both of its paths: what they differ in is told by the microversion alone. */
export const transfers = resource()
  .get("/", async (c) => {
    enforce(c.var.identity, "volume:get_all_transfers");
    const query = readListQuery(c);
    return c.json(list(c, query.page, await listOffers(c.var, query), summary));
  })

  .get("/detail", async (c) => {
    enforce(c.var.identity, "volume:get_all_transfers");
    const query = readListQuery(c);
    return c.json(list(c, query.page, await listOffers(c.var, query), detail));
  })

  .post("/", body(createTransferSchema), async (c) => {
    enforce(c.var.identity, "volume:create_transfer");
    const { volume_id, name = null, ...rest } = c.req.valid("json").transfer;
    const no_snapshots = "no_snapshots" in rest && rest.no_snapshots === true;
    const { auth_key, ...transfer } = await offerVolume(c.var, { volume_id, name, no_snapshots });
    return c.json({ transfer: { ...detail(c, transfer), auth_key } }, 202);
  })

  .get("/:id", async (c) => {
    enforce(c.var.identity, "volume:get_transfer");
    const id = c.req.param("id");
    const transfer = await getTransfer(c.var.db.reading, id, scopeOf(c.var.identity));
    if (transfer === undefined) throw notFound("Transfer", id);
    return c.json({ transfer: detail(c, transfer) });
  })

  .delete("/:id", async (c) => {
    enforce(c.var.identity, "volume:delete_transfer");
    const id = c.req.param("id");
    if (!(await deleteTransfer(c.var.db.writing, id, scopeOf(c.var.identity))))
      throw notFound("Transfer", id);
    return accepted(c);
  })

  .post("/:id/accept", body(acceptTransferSchema), async (c) => {
    enforce(c.var.identity, "volume:accept_transfer");
    const transfer = await acceptOffer(c.var, c.req.param("id"), c.req.valid("json").accept.auth_key);
    return c.json({ transfer: summary(c, transfer) }, 202);
  })

  .all("/", allow("GET", "POST"))
  .all("/detail", allow("GET"))
  .all("/:id", allow("GET", "DELETE"))
  .all("/:id/accept", allow("POST"));

/**
 * The list that is asked for. Before 3.59 there are no pages and offers come oldest first. `limit` must be a limit
 * even then, but like any name that is no filter it matches nothing, as in Cinder.
 */
function readListQuery(c: Context<AppEnv>): ListQuery {
  const { maxLimit } = c.var.config;
  const query = c.req.query();
  if (c.var.microversion >= SUPPORT_TRANSFER_PAGINATION)
    return listQuery(query, maxLimit, TRANSFER_SORT_KEYS);
  const { limit, offset } = query;
  const { page } = listQuery(
    { sort_dir: "asc", ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) },
    maxLimit,
    TRANSFER_SORT_KEYS,
  );
  return { page, filters: query };
}
