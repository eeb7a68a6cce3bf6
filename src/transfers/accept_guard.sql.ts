import { and, eq, exists, isNull, type SQL, sql } from "drizzle-orm";
import { type Params, queryBuilder } from "../db/statements/batch.ts";
import { hasRoom } from "../quotas/room.sql.ts";
import { type Attempt, offerQuery } from "./offer.sql.ts";

/** Makes the condition that a transfer may be accepted: the guards of an accept. */
export function mayBeAccepted(params: Params<Attempt>): SQL | undefined {
  const { param } = params;
  const offer = offerQuery(params).as("offer");
  const room = hasRoom(params, param("project_id"), sql`${offer.volume_type}`, {
    volumes: 1,
    gigabytes: sql`(${offer.size} + ${offer.snapshot_gigabytes})`,
    snapshots: sql`${offer.snapshots}`,
    volume_size: sql`${offer.size}`,
  });
  const guards = and(
    // Protects the volume from everybody without the key, and from guessing.
    eq(offer.key_matches, 1),
    // Protects from a secret under which no key is right.
    eq(offer.secret_matches, 1),
    // Protects a volume that another operation uses, or that is no longer the source project's.
    eq(offer.volume_status, "awaiting-transfer"),
    eq(offer.owned_by_source, 1),
    // Protects a snapshot that another operation uses.
    isNull(offer.unavailable_snapshot),
    // Protects the quota. A project that takes back its own volume needs no room.
    sql`(${offer.source_project_id} = ${param("project_id")} or ${room})`,
  );
  return exists(queryBuilder.select({ one: sql`1` }).from(offer).where(guards));
}
