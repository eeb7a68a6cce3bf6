import type { EventData, EventOrigin } from "../db/event_tables.ts";
import type { EventRow } from "./list.sql.ts";
import { eventId } from "./list.ts";
import { TYPE_PREFIX } from "./types.ts";

/** Formats a time (milliseconds since the epoch) as RFC 3339, which CloudEvents require. */
const rfc3339 = (time: number): string => new Date(time).toISOString();

/**
 * Makes the CloudEvent of an event, in its structured JSON form. It is the same in the feed, in a webhook and in a
 * queue, however often it is made.
 *
 * @param source the `source` of the service's events
 */
export function cloudEvent(event: EventRow, source: string) {
  return {
    specversion: "1.0" as const,
    id: eventId(event),
    source,
    type: TYPE_PREFIX + event.type,
    time: rfc3339(event.created_at),
    subject: event.volume_id,
    datacontenttype: "application/json" as const,
    data: dataOf(event.data, event.source_project_id, event.origin),
  };
}

function dataOf(
  { transfer, volume, snapshot_ids, destination_project_id }: EventData,
  source_project_id: string,
  origin: EventOrigin | null,
) {
  return {
    ...(transfer && {
      transfer: {
        id: transfer.id,
        name: transfer.name,
        no_snapshots: transfer.no_snapshots !== 0,
        created_at: rfc3339(transfer.created_at),
        expires_at: transfer.expires_at === null ? null : rfc3339(transfer.expires_at),
      },
    }),
    volume,
    ...(transfer && { snapshot_ids, destination_project_id }),
    source_project_id,
    initiator: origin && { user_id: origin.user_id, project_id: origin.project_id },
    request_id: origin?.request_id ?? null,
    global_request_id: origin?.global_request_id ?? null,
  };
}
