import { and, eq, sql } from "drizzle-orm";
import { transfers, volumes, volumeTypes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { type Attempt, countFailedAttempt, readOffer } from "./offer.sql.ts";
import { isOpen, transferColumns } from "./rows.sql.ts";

/** Reads what an accept would move, and changes nothing but the number of failed attempts. */
export const previewStatements = prepareBatch((params: Params<Attempt>) => ({
  ...countFailedAttempt(params),
  ...readOffer(params),
  transfer: queryBuilder
    .select(transferColumns)
    .from(transfers)
    .where(and(eq(transfers.id, params.param("transfer_id")), isOpen)),
  // Apart from the transfer: D1 returns rows as objects, and both have a display_name.
  volume: queryBuilder
    .select({
      display_name: volumes.display_name,
      display_description: volumes.display_description,
      type: sql<string>`coalesce(${volumeTypes.name}, ${volumes.volume_type})`.as("type_name"),
    })
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
    .leftJoin(volumeTypes, eq(volumeTypes.key, volumes.volume_type))
    .where(and(eq(transfers.id, params.param("transfer_id")), isOpen)),
}));
