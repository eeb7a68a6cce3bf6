import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { transfers } from "../schema.ts";
import { type Scope, within } from "../scope.ts";

/** A live offer, as it is shown. */
export interface Transfer {
  readonly id: string;
  readonly volume_id: string;
  readonly display_name: string | null;
  readonly no_snapshots: boolean;
  readonly source_project_id: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
}

/** The columns of a `Transfer`. */
export const transferFields = {
  id: transfers.id,
  volume_id: transfers.volume_id,
  display_name: sql<string | null>`nullif(${transfers.display_name}, '')`.as("name"),
  no_snapshots: transfers.no_snapshots,
  source_project_id: transfers.source_project_id,
  created_at: transfers.created_at,
};

/** The live offer of an id, if it is within the scope. */
export const liveTransfer = (id: string, scope: Scope): SQL | undefined =>
  and(eq(transfers.id, id), isNull(transfers.deleted_at), within(scope, transfers.source_project_id));
