import { and, eq, exists, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { type Params, queryBuilder } from "../db/batch.ts";
import { transfers } from "../db/schema.ts";
import { hasRoom, haveRoom } from "../quotas/room.sql.ts";
import { type Attempt, offerQuery } from "./offer.sql.ts";

/** Makes the condition that a transfer may be accepted: the guards of an accept. */
export function mayBeAccepted(params: Params<Attempt>): SQL | undefined {
  const { param, inputs } = params;
  const offer = offerQuery(params).as("offer");
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
  );
  // Both protect the quota. A project that takes back its own volume needs no room.
  if (inputs === undefined) {
    const room = hasRoom(params, param("project_id"), sql`${offer.volume_type}`, {
      volumes: 1,
      gigabytes: sql`(${offer.size} + ${offer.snapshot_gigabytes})`,
      snapshots: sql`${offer.snapshots}`,
      volume_size: sql`${offer.size}`,
    });
    const mayHave = sql`(${offer.source_project_id} = ${param("project_id")} or ${room})`;
    return exists(queryBuilder.select({ one: sql`1` }).from(offer).where(and(guards, mayHave)));
  }
  const needed = (amount: SQL) =>
    sql`case offer.by_project when ${offer.source_project_id} then 0 else ${amount} end`;
  const needs = sql`(select offer.member, offer.position, offer.by_project as project_id,
    ${offer.volume_type} as type, ${needed(sql`1`)} as volumes,
    ${needed(sql`${offer.size} + ${offer.snapshot_gigabytes}`)} as gigabytes,
    ${needed(sql`${offer.snapshots}`)} as snapshots, ${needed(sql`${offer.size}`)} as volume_size
    from ${offer} where ${guards})`;
  return inArray(transfers.id, haveRoom(params, needs));
}
