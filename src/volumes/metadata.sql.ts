import { and, eq, notInArray, type SQL, sql } from "drizzle-orm";
import { snapshots, volumes } from "../db/schema/index.ts";
import { batch, type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { mergeObjects } from "../db/statements/json_objects.ts";
import { MAX_METADATA_BYTES } from "../db/statements/page_size.ts";
import { inProject, projectOf, type Scope } from "../db/statements/scope.ts";

/** The kinds of resources that have user metadata. */
export type Kind = "volume" | "snapshot";
/** User metadata: values by key. */
export type Metadata = Readonly<Record<string, string>>;

const TABLES = { volume: volumes, snapshot: snapshots } as const;
/** The statuses in which a resource keeps its metadata as it is. */
const LOCKED: Readonly<Record<Kind, readonly string[]>> = {
  volume: ["maintenance", "uploading"],
  snapshot: [],
};
const resource = (kind: Kind, id: string | SQL, project_id: string | SQL | undefined) =>
  and(eq(TABLES[kind].id, id), inProject(project_id, TABLES[kind].project_id));

const select = (kind: Kind, condition: SQL | undefined) => {
  const { metadata, status } = TABLES[kind];
  return queryBuilder.select({ metadata, status }).from(TABLES[kind]).where(condition);
};

/** Reads the metadata of a volume or snapshot, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>, kind: Kind) => ({
    found: select(kind, resource(kind, param("id"), optionalParam("project_id"))),
  }),
);

/** Sets the metadata of a volume or snapshot to an expression, or changes nothing. */
function setStatements(kind: Kind, id: string, scope: Scope, metadata: SQL, guard: SQL) {
  const table = TABLES[kind];
  const found = resource(kind, id, projectOf(scope));
  // Cinder does not change `updated_at` with the metadata.
  const updated = queryBuilder
    .update(table)
    .set({ metadata })
    .where(
      and(
        found,
        // Protects a resource that an operator works on.
        notInArray(table.status, [...LOCKED[kind]]),
        guard,
      ),
    )
    .returning({ metadata: table.metadata });
  return batch({ updated, current: select(kind, found) });
}

/** Protects the database: each request could add a body's worth of metadata. */
const isShort = (metadata: SQL): SQL => sql`octet_length(${metadata}) <= ${MAX_METADATA_BYTES}`;

/** Adds metadata to that of a volume or snapshot; a key that exists gets the new value. */
export function mergeStatements(kind: Kind, id: string, scope: Scope, metadata: Metadata) {
  // Concurrent requests that set other keys are both kept.
  const merged = mergeObjects(TABLES[kind].metadata, sql`${JSON.stringify(metadata)}`);
  return setStatements(kind, id, scope, merged, isShort(merged));
}

/** Replaces the metadata of a volume or snapshot. */
export function replaceStatements(kind: Kind, id: string, scope: Scope, metadata: Metadata) {
  const replaced = sql`${JSON.stringify(metadata)}`;
  return setStatements(kind, id, scope, replaced, isShort(replaced));
}

/** Removes a key from the metadata of a volume or snapshot. The key is compared, not made part of a JSON path: it may contain dots and quotes. */
export function removeStatements(kind: Kind, id: string, scope: Scope, key: string) {
  const { metadata } = TABLES[kind];
  return setStatements(
    kind,
    id,
    scope,
    sql`json_patch(${metadata}, ${JSON.stringify({ [key]: null })})`,
    sql`exists (select 1 from json_each(${metadata}) where key = ${key})`,
  );
}

/** Returns whether a resource in this status keeps its metadata as it is. */
export const isLocked = (kind: Kind, status: string): boolean => LOCKED[kind].includes(status);
