import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { now, transfers } from "../db/schema.ts";
import { within } from "../db/scope.ts";

/** A live offer, as it is shown. */
export interface Transfer {
  readonly id: string;
  readonly volume_id: string;
  /** Empty where it has none. */
  readonly display_name: string;
  readonly no_snapshots: boolean;
  readonly source_project_id: string;
  /** The only project that may accept, if not all may. */
  readonly destination_project_id: string | null;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  /** When the offer ends by itself, if it does. Milliseconds since the epoch. */
  readonly expires_at: number | null;
  /** Whether whoever made the offer said when it ends. */
  readonly expires_at_shown: boolean;
}

/** The columns of a `Transfer`. */
export const transferFields = {
  id: transfers.id,
  volume_id: transfers.volume_id,
  display_name: transfers.display_name,
  no_snapshots: transfers.no_snapshots,
  source_project_id: transfers.source_project_id,
  destination_project_id: transfers.destination_project_id,
  created_at: transfers.created_at,
  expires_at: transfers.expires_at,
  expires_at_shown: transfers.expires_at_shown,
};

/** A condition: the offer is open, and has not expired. */
export const isLive: SQL = sql`(${isNull(transfers.deleted_at)}
  and (${transfers.expires_at} is null or ${transfers.expires_at} > ${now}))`;

/** The live offer of an id, if it is the project's; of any project where there is none. */
export const liveTransfer = (id: SQL, project_id: SQL | undefined): SQL | undefined =>
  and(eq(transfers.id, id), isLive, within(project_id, transfers.source_project_id));
