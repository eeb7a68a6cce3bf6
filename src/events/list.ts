import { cutPage, maxPageBytes, type PageRows, pageBytes } from "../db/statements/page_size.ts";
import { projectOf } from "../db/statements/scope.ts";
import { listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import type { ListQuery } from "../http/pagination.ts";
import { type EventRow, listStatements } from "./list.sql.ts";
import { type EventType, TYPE_PREFIX } from "./types.ts";

/** The only type of events by which a project gets a volume. */
const RECEIVED: EventType = "volume_transfer.accepted";

/** An event, and its id in a page. */
export type ListedEvent = EventRow & { readonly id: string };

/** Returns the id of an event: its place in the order, and a random part. */
export const eventId = ({ seq, nonce }: Pick<EventRow, "seq" | "nonce">): string => `${seq}-${nonce}`;

/**
 * Returns a page of the events of the caller's project, or, if an admin asks for `all_tenants`, of all projects, the
 * oldest first.
 *
 * @throws Fault 404 if the marker is an event that does not exist, or that the caller may not see. A marker that is
 *   older than every event that is kept stands for the beginning.
 */
export async function listEvents(
  { db, identity }: RequestContext,
  { page: { limit, marker }, filters }: ListQuery,
): Promise<PageRows<ListedEvent>> {
  const [, marker_seq, marker_nonce] = /^([1-9]\d{0,15})-([0-9a-f]{16})$/.exec(marker ?? "") ?? [];
  if (marker !== undefined && marker_nonce === undefined) throw notFound("Event", marker);
  const { type, volume_id, all_tenants } = filters;
  const project_id = projectOf(listScopeOf(identity, all_tenants));
  const values = {
    project_id,
    marker_seq: marker_seq === undefined ? undefined : Number(marker_seq),
    marker_nonce,
    type: type?.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : type && "",
    volume_id,
    limit,
    bytes: pageBytes(limit),
  };
  const withReceived = type === undefined || values.type === RECEIVED;
  const { ranges, position: [position] = [] } = await db.read({
    ...listStatements(values, withReceived),
    project: project_id,
    maxBytes: maxPageBytes(limit, 2, true),
  });
  if (marker !== undefined && !position?.found) {
    const isBeforeAll = position?.oldest != null && Number(marker_seq) < position.oldest;
    if (!isBeforeAll) throw notFound("Event", marker);
  }
  const found = ranges.flat().sort((a, b) => a.seq - b.seq);
  return cutPage(
    found.map((event) => ({ ...event, id: eventId(event) })),
    limit,
  );
}
