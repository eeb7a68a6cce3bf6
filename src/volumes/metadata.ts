import { MAX_METADATA_BYTES } from "../db/statements/page_size.ts";
import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { Fault, invalid, notFound } from "../http/faults.ts";
import {
  isLocked,
  type Kind,
  type Metadata,
  mergeStatements,
  removeStatements,
  replaceStatements,
  showStatements,
} from "./metadata.sql.ts";

const NAMES = { volume: "Volume", snapshot: "Snapshot" } as const;

/** Makes the 404 of a key that the metadata does not have. */
const keyNotFound = (kind: Kind, id: string, key: string): Fault =>
  new Fault(404, `${NAMES[kind]} ${id} has no metadata with key ${key}.`);

/**
 * Returns the metadata of a volume or snapshot (API reference, "Show a volume's metadata").
 *
 * @throws Fault 404 if there is no such resource
 */
export async function showMetadata(
  { db, identity }: RequestContext,
  kind: Kind,
  id: string,
): Promise<Metadata> {
  const {
    found: [found],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }, kind));
  if (found === undefined) throw notFound(NAMES[kind], id);
  return found.metadata;
}

/**
 * Returns one value of the metadata (API reference, "Show a metadata for a volume with key").
 *
 * @throws Fault 404 if there is no such resource or key
 */
export async function showMetadataValue(
  context: RequestContext,
  kind: Kind,
  id: string,
  key: string,
): Promise<string> {
  const metadata = await showMetadata(context, kind, id);
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw keyNotFound(kind, id, key);
  return value;
}

/**
 * Adds metadata (API reference, "Create metadata for volume") or replaces it ("Update a volume's metadata").
 *
 * @returns the metadata after the change
 * @throws Fault 404 if there is no such resource, 400 if its status forbids the change, 413 for too much metadata
 */
export async function updateMetadata(
  { db, identity }: RequestContext,
  kind: Kind,
  id: string,
  change: "merge" | "replace",
  metadata: Metadata,
): Promise<Metadata> {
  const statements = change === "merge" ? mergeStatements : replaceStatements;
  const {
    updated: [updated],
    current: [current],
  } = await db.write(statements(kind, id, scopeOf(identity), metadata));
  if (updated !== undefined) return updated.metadata;
  if (current === undefined) throw notFound(NAMES[kind], id);
  if (isLocked(kind, current.status)) {
    throw invalid(kind, `Updating ${kind} metadata is not allowed for ${kind}s in ${current.status} status.`);
  }
  throw new Fault(
    413,
    `Invalid metadata size: The metadata of a ${kind} may have ${MAX_METADATA_BYTES} bytes as JSON.`,
  );
}

/**
 * Removes one key of the metadata (API reference, "Delete a volume's metadata").
 *
 * @throws Fault 404 if there is no such resource or key, 400 if the resource's status forbids the change
 */
export async function deleteMetadata(
  { db, identity }: RequestContext,
  kind: Kind,
  id: string,
  key: string,
): Promise<void> {
  const {
    updated,
    current: [current],
  } = await db.write(removeStatements(kind, id, scopeOf(identity), key));
  if (updated.length > 0) return;
  if (current === undefined) throw notFound(NAMES[kind], id);
  if (!Object.hasOwn(current.metadata, key)) throw keyNotFound(kind, id, key);
  throw invalid(kind, `Deleting ${kind} metadata is not allowed for ${kind}s in ${current.status} status.`);
}
