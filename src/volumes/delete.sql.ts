import { and, eq, inArray, isNull, ne, not, notInArray, or, type SQL, sql } from "drizzle-orm";
import { events, now, snapshots, transfers, volumes } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { isInGroup, isInGroupSnapshot } from "../db/statements/groups.ts";
import { hasRow } from "../db/statements/guards.ts";
import { projectOf, type Scope } from "../db/statements/scope.ts";
import { isEncrypted } from "../db/statements/volume_types.ts";
import { closedType, recordEvents, transferEvent, volumeEvent } from "../events/record.sql.ts";
import { removeUsage, volumeUsage } from "../quotas/usage.sql.ts";
import { isAttached, isMigrating, volumeWithId } from "./rows.sql.ts";

/** The statuses in which a volume can be deleted. */
const DELETABLE = ["available", "error", "error_restoring", "error_extending", "error_managing"];
/** The statuses in which a snapshot can be deleted together with its volume. */
const DELETABLE_SNAPSHOT = ["available", "error"];

/** How a volume is deleted. */
export interface Deletion {
  /** Whether its snapshots are deleted too; without it a volume with snapshots is not deleted. */
  readonly cascade: boolean;
  /** Whether it is deleted in any status, and with `cascade` its snapshots. */
  readonly force: boolean;
  /** Whether its storage remains, so that it must not be encrypted: the service has no key to leave to anybody. */
  readonly unmanage: boolean;
  /** Who causes the events; undefined if none is recorded. */
  readonly origin: string | undefined;
}

/** Deletes a volume and takes it from its project's usage, or changes nothing. */
export function deleteStatements(id: string, scope: Scope, { cascade, force, unmanage, origin }: Deletion) {
  const volume = volumeWithId(id, projectOf(scope));
  const encrypted = isEncrypted(volumes.volume_type);
  const isBlocked = hasRow(
    snapshots,
    eq(snapshots.volume_id, volumes.id),
    or(
      sql`not ${cascade}`,
      // Protects a snapshot that an earlier transfer left with another project.
      ne(snapshots.project_id, volumes.project_id),
      force ? undefined : notInArray(snapshots.status, DELETABLE_SNAPSHOT),
    ),
  );
  const isDeletable = and(
    volume,
    force ? undefined : inArray(volumes.status, DELETABLE),
    not(isAttached),
    not(isInGroup),
    not(isMigrating),
    not(isBlocked),
    unmanage ? not(encrypted) : undefined,
  );
  const isOfGroup = hasRow(snapshots, eq(snapshots.volume_id, volumes.id), isInGroupSnapshot);
  // The volume is deleted last, so that all statements before see the same. Protects the snapshot of a group.
  const mayBeDeleted = and(isDeletable, not(isOfGroup));
  const deletable = hasRow(volumes, mayBeDeleted);
  const total = (aggregate: SQL) =>
    sql`(${queryBuilder.select({ total: aggregate }).from(snapshots).where(eq(snapshots.volume_id, volumes.id))})`;
  const released = queryBuilder
    .select(
      volumeUsage({
        gigabytes: sql`${volumes.size} + ${total(sql`coalesce(sum(${snapshots.volume_size}), 0)`)}`,
        snapshots: total(sql`count(*)`),
      }),
    )
    .from(volumes)
    .where(mayBeDeleted)
    .as("released");
  // Only the event shows who has deleted a volume.
  const evidence = () => ({
    deleted: queryBuilder
      .select({ id: events.volume_id })
      .from(events)
      .where(and(eq(events.volume_id, id), sql`${events.origin} = ${origin}`)),
  });
  const queries = {
    usageRemoved: removeUsage(released),
    recorded: recordEvents(
      origin === undefined ? undefined : sql`${origin}`,
      transferEvent({ type: closedType(now), where: and(isNull(transfers.deleted_at), mayBeDeleted) }),
      volumeEvent({ type: unmanage ? "volume.unmanaged" : "volume.deleted", where: mayBeDeleted }),
    ),
    // An admin can have reset a volume whose transfer is still open. The transfer is closed with the volume.
    transferClosed: queryBuilder
      .update(transfers)
      .set({ deleted_at: now })
      .where(and(eq(transfers.volume_id, id), isNull(transfers.deleted_at), deletable)),
    snapshotsDeleted: queryBuilder.delete(snapshots).where(and(eq(snapshots.volume_id, id), deletable)),
    deleted: queryBuilder.delete(volumes).where(mayBeDeleted).returning({ id: volumes.id }),
    remaining: queryBuilder
      .select({
        encrypted: encrypted.mapWith(Boolean).as("encrypted"),
        // But for a snapshot that is part of a group's.
        deletable: sql`(${isDeletable})`.mapWith(Boolean).as("deletable"),
      })
      .from(volumes)
      .where(volume),
  };
  return batch(queries, origin === undefined ? undefined : evidence);
}
