import { and, type SQL, sql } from "drizzle-orm";
import { events, transfers, volumes, volumeTypes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";
import type { EventType } from "./types.ts";

/** Selects the rows of events. */
type EventRows = (origin: SQL) => SQL;

/** Events to write: one for each row that satisfies the condition. */
interface RecordedEvent {
  readonly type: EventType | SQL;
  /** The guard: it holds only for what the batch has changed, or is about to change under the same condition. */
  readonly where: SQL | undefined;
  /** A JSON list of the ids of the snapshots that move with the volume. */
  readonly snapshot_ids?: SQL;
  /** The project that gets the volume from another one; null if it takes back its own. */
  readonly destination_project_id?: SQL;
}

const volumeJson = sql`json_object('id', ${volumes.id}, 'name', ${volumes.display_name}, 'size', ${volumes.size},
  'volume_type', (select ${volumeTypes.name} from ${volumeTypes} where ${volumeTypes.key} = ${volumes.volume_type}),
  'host', ${volumes.host}, 'managed_reference', json(${volumes.managed_reference}))`;

/** That of a transfer in front of a Cinder is as it was when the transfer was created. */
const transferredJson = sql`case when ${transfers.volume} is null then ${volumeJson} else json_object(
  'id', ${transfers.volume_id}, 'name', ${transfers.volume} ->> 'name', 'size', ${transfers.volume} ->> 'size',
  'volume_type', ${transfers.volume} ->> 'volume_type', 'host', null, 'managed_reference', null) end`;

const transferJson = sql`json_object('id', ${transfers.id}, 'name', nullif(${transfers.display_name}, ''),
  'no_snapshots', ${transfers.no_snapshots}, 'created_at', ${transfers.created_at},
  'expires_at', ${transfers.expires_at})`;

/** Makes the type of the event of a transfer that is closed without being accepted: expired, or else deleted. */
export const closedType = (closed_at: SQL | typeof transfers.deleted_at): SQL =>
  sql`case when ${transfers.expires_at} <= ${closed_at} then ${"volume_transfer.expired" satisfies EventType}
    else ${"volume_transfer.deleted" satisfies EventType} end`;

/** Selects the rows of events of transfers, with their volumes. */
export const transferEvent =
  ({
    type,
    where,
    snapshot_ids = sql`json_array()`,
    destination_project_id = sql`null`,
  }: RecordedEvent): EventRows =>
  (origin) =>
    selectRow(
      events,
      {
        type: sql`${type}`,
        volume_id: transfers.volume_id,
        source_project_id: transfers.source_project_id,
        destination_project_id,
        data: sql`json_object('transfer', ${transferJson}, 'volume', ${transferredJson}, 'snapshot_ids', ${snapshot_ids},
        'destination_project_id', ${transfers.destination_project_id})`,
        origin,
      },
      {
        from: sql`${transfers} left join ${volumes} on ${volumes.id} = ${transfers.volume_id}`,
        // An event is about a volume: the service's own, or one in a Cinder.
        where: and(where, sql`(${transfers.volume} is not null or ${volumes.id} is not null)`),
      },
    );

/** Selects the rows of events of volumes. */
export const volumeEvent =
  ({ type, where }: Pick<RecordedEvent, "type" | "where">): EventRows =>
  (origin) =>
    selectRow(
      events,
      {
        type: sql`${type}`,
        volume_id: volumes.id,
        source_project_id: volumes.project_id,
        data: sql`json_object('transfer', null, 'volume', ${volumeJson}, 'snapshot_ids', json_array(),
        'destination_project_id', null)`,
        origin,
      },
      { from: volumes, where },
    );

/**
 * Writes events, in the batch of the change and after the statements that the events' guards rely on.
 *
 * @param origin who causes the events; undefined if none is recorded
 * @param rows selects the rows, made by `transferEvent` and `volumeEvent`, in the order of the events
 * @example
 * recordEvents(optionalParam("origin"), volumeEvent({ type: "volume.created", where: eq(volumes.id, param("id")) }));
 */
export const recordEvents = (origin: SQL | undefined, ...rows: readonly EventRows[]) =>
  origin &&
  queryBuilder.insert(events).select(
    sql.join(
      rows.map((select) => select(origin)),
      sql` union all `,
    ),
  );
