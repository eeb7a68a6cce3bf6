import type { Context } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import * as z from "zod/mini";
import type { AppEnv } from "../../http/context.ts";
import { endpoint, resourceLinks, timestamp } from "../../http/links.ts";
import { TRANSFER_WITH_HISTORY } from "../../http/microversions.ts";
import type { Transfer } from "../rows.sql.ts";
import { asksForFailedAttempts, asksForReceipts, followed } from "../views.ts";
import { type Answer, parseAnswer } from "./cinder.ts";
import { faultInCinder } from "./faults.ts";
import type { KnownTransfer } from "./read.sql.ts";

// The answers are Cinder's, with what this service adds. Their links have the address of this service.

/** The headers of Cinder that belong to its answer. */
const HEADERS = [
  "Content-Type",
  "OpenStack-API-Version",
  "Retry-After",
  "x-openstack-request-id",
  "x-compute-request-id",
];

const oneSchema = z.object({ transfer: z.looseObject({ id: z.string() }) });
const listSchema = z.looseObject({
  transfers: z.array(z.looseObject({ id: z.string() })),
  transfers_links: z.optional(z.array(z.looseObject({ href: z.string() }))),
});

/**
 * Responds as Cinder does.
 *
 * @param answer undefined if it is lost
 * @param changes what its body has beside or in place of Cinder's
 */
export function respond(
  c: Context<AppEnv>,
  answer: Answer | undefined,
  { status = answer?.status, body }: { readonly status?: number | undefined; readonly body?: object } = {},
): Response {
  if (answer === undefined || status === undefined) throw faultInCinder({ kind: "lost" });
  for (const name of HEADERS) {
    const value = answer.headers.get(name);
    // What a proxy answers has no request id but that of this service.
    if (value !== null) c.header(name, value);
  }
  // Hono's type has the statuses that it knows by name. Every other one is as good.
  return c.newResponse(body === undefined ? answer.text : JSON.stringify(body), status as StatusCode);
}

/** Responds with the transfer that Cinder shows. */
export function respondWithTransfer(
  c: Context<AppEnv>,
  answer: Answer | undefined,
  known: KnownTransfer | undefined,
): Response {
  const shown = answer && parseAnswer(answer, oneSchema)?.transfer;
  if (shown === undefined) return respond(c, answer);
  const transfer = {
    ...shown,
    ...addedDetail(c, known),
    links: resourceLinks(c, "os-volume-transfer")(shown.id),
    ...(known && asksForFailedAttempts(c) && { failed_attempts: known.failed_attempts }),
  };
  return respond(c, answer, { body: { transfer } });
}

/** Responds with the transfer that Cinder shows, and its key of this service in place of Cinder's. */
export function respondWithKey(
  c: Context<AppEnv>,
  created: { readonly answer: Answer; readonly transfer: Transfer; readonly auth_key: string },
): Response {
  const { answer, transfer, auth_key } = created;
  const shown = parseAnswer(answer, oneSchema)?.transfer;
  const links = resourceLinks(c, "os-volume-transfer")(transfer.id);
  return respond(c, answer, {
    status: 202,
    body: { transfer: { ...shown, ...added(c, transfer), links, auth_key } },
  });
}

/** Responds with the page of transfers that Cinder lists. */
export function respondWithList(
  c: Context<AppEnv>,
  answer: Answer | undefined,
  known: ReadonlyMap<string, KnownTransfer>,
): Response {
  const page = answer && parseAnswer(answer, listSchema);
  if (page === undefined) return respond(c, answer);
  const links = resourceLinks(c, "os-volume-transfer");
  const body = {
    ...page,
    transfers: page.transfers.map((transfer) => ({
      ...transfer,
      ...addedDetail(c, known.get(transfer.id)),
      links: links(transfer.id),
    })),
    ...(page.transfers_links && {
      transfers_links: page.transfers_links.map((link) => ({
        ...link,
        href: `${endpoint(c)}${c.req.path}${/\?.*/.exec(link.href)?.[0] ?? ""}`,
      })),
    }),
  };
  return respond(c, answer, { body });
}

/** Returns the fields of a transfer that Cinder does not know. */
const added = (c: Context<AppEnv>, known: Transfer | undefined) => ({
  ...(known?.expires_at_shown && { expires_at: timestamp(known.expires_at) }),
  ...(known &&
    c.get("microversion") >= TRANSFER_WITH_HISTORY && {
      destination_project_id: known.destination_project_id,
    }),
});

/** Returns the same, and what the owner follows the transfer with, if the request asks for it. */
const addedDetail = (c: Context<AppEnv>, known: KnownTransfer | undefined) => ({
  ...added(c, known),
  ...(known && asksForReceipts(c) && followed(known)),
});
