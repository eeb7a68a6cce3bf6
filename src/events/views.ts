import type { Context } from "hono";
import type { EventData } from "../db/schema/index.ts";
import { isAdmin } from "../http/caller.ts";
import type { AppEnv } from "../http/context.ts";
import type { EventRow } from "./list.sql.ts";
import { eventId } from "./list.ts";
import { TYPE_PREFIX } from "./types.ts";

/** Formats a time (milliseconds since the epoch) as RFC 3339, which CloudEvents require. */
const rfc3339 = (time: number): string => new Date(time).toISOString();

/**
 * Makes the CloudEvent of an event, in its structured JSON form, as admins and the configured endpoints get it. It is
 * the same however often it is made.
 *
 * @param source the `source` of the service's events
 */
export const cloudEvent = (event: EventRow, source: string) =>
  envelope(event, source, {
    ...common(event),
    ...originOf(event),
    volume: volumeOf(event),
  });

/**
 * Makes the CloudEvents of the feed. A project sees them like the view of a volume without the fields for admins, and
 * without the user and the ids of requests that another project has sent.
 */
export function inFeed(c: Context<AppEnv>) {
  const { config, identity } = c.var;
  const { source } = config.events;
  if (isAdmin(identity)) return (event: EventRow) => cloudEvent(event, source);
  return (event: EventRow) => {
    const { host: _, managed_reference: __, ...volume } = volumeOf(event);
    const isOwn = event.origin?.project_id === identity.project_id;
    return envelope(event, source, {
      ...common(event),
      ...originOf(isOwn ? event : { origin: null }),
      volume,
    });
  };
}

const envelope = <Data>(event: EventRow, source: string, data: Data) => ({
  specversion: "1.0" as const,
  id: eventId(event),
  source,
  type: TYPE_PREFIX + event.type,
  time: rfc3339(event.created_at),
  subject: event.volume_id,
  datacontenttype: "application/json" as const,
  data,
});

function common({ data, source_project_id }: EventRow) {
  const { transfer, snapshot_ids, destination_project_id }: EventData = data;
  return {
    ...(transfer && {
      transfer: {
        id: transfer.id,
        name: printable(transfer.name),
        no_snapshots: transfer.no_snapshots !== 0,
        created_at: rfc3339(transfer.created_at),
        expires_at: transfer.expires_at === null ? null : rfc3339(transfer.expires_at),
      },
      snapshot_ids,
      destination_project_id,
    }),
    source_project_id,
  };
}

function volumeOf({ data: { volume } }: EventRow): EventData["volume"] {
  const { managed_reference: reference } = volume;
  return {
    ...volume,
    name: printable(volume.name),
    volume_type: printable(volume.volume_type),
    host: printable(volume.host),
    managed_reference:
      reference &&
      Object.fromEntries(
        Object.entries(reference).map(
          ([key, value]) => [withoutControls(key), withoutControls(value)] as const,
        ),
      ),
  };
}

/** Cinder allows control characters in names, and some receivers cannot store them: PostgreSQL has no NUL. */
const withoutControls = (text: string): string => text.replaceAll(/\p{Cc}/gu, "");
const printable = (text: string | null): string | null => text && withoutControls(text);

const originOf = ({ origin }: Pick<EventRow, "origin">) => ({
  initiator: origin && { user_id: origin.user_id, project_id: origin.project_id },
  request_id: origin?.request_id ?? null,
  global_request_id: origin?.global_request_id ?? null,
});
